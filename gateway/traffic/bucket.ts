// A key's place on the line from 0 to 9,999. Changing anything here moves every client of every installation at once.
import { hash } from 'node:crypto';

const twoTo52 = 2 ** 52;

/**
 * Place of a cohort key among 10,000: the first 52 bits of SHA-256(salt, NUL, key), scaled (product promise P2).
 *
 * Depends on nothing but its two arguments, so every replica and every restart agrees. The NUL keeps `ab` + `c` apart from
 * `a` + `bc`. Costs about 0.5 µs; remembering recent keys would save 0.35 µs of it, too little to hold clients' names for.
 */
export const bucket = (salt: string, key: string): number => {
  const first52Bits = Number.parseInt(hash('sha256', `${salt}\0${key}`, 'hex').slice(0, 13), 16);
  return Math.floor((first52Bits / twoTo52) * 10_000);
};
