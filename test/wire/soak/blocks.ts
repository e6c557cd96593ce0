// A long body whose every block is another, so that a lost, doubled or exchanged one changes its hash.
import { createHash, randomBytes } from 'node:crypto';

export const mebibyte = 1024 * 1024;
const size = 64 * 1024;
const filling = randomBytes((size / 4) * 3).toString('base64');

/** Text, since some of these bodies stand inside XML. `bytes` is a multiple of 64 KiB. */
export function* blocks(bytes: number): Generator<Buffer> {
  for (let n = 0; n < bytes / size; n++)
    yield Buffer.from(n.toString(36).padStart(16, '0') + filling.slice(16), 'latin1');
}

export const hashOf = (bytes: number, before = '', after = ''): string => {
  const hash = createHash('sha256').update(before);
  for (const block of blocks(bytes)) hash.update(block);
  return hash.update(after).digest('hex');
};
