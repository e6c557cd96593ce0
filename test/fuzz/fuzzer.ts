// What a fuzzer is: it makes cases out of chance, and judges each by an oracle that somebody else wrote.
import type { Random } from './random.ts';

/** A case is JSON, its bytes as latin1, so that a corpus can be read and edited. */
export interface FuzzCase {
  readonly bytes: string;
  /** Where the bytes are cut into pieces. */
  readonly cuts: readonly number[];
}

export interface Judgement {
  /** Kind of what happened: cases of one kind are alike. Of these there are some hundred. */
  readonly kind: string;
  /** What ours and the oracle tell otherwise; null: they agree, or disagree as the list of what does not matter says. */
  readonly wrong: string | null;
}

export interface Fuzzer<Case extends FuzzCase> {
  readonly name: string;
  generate(random: Random): Case;
  judge(given: Case): Promise<Judgement>;
}

/** The case's bytes in its pieces. */
export const pieces = ({ bytes, cuts }: FuzzCase): Buffer[] => {
  const whole = Buffer.from(bytes, 'latin1');
  const places = [...new Set(cuts.filter((at) => at > 0 && at < whole.length))].toSorted((a, b) => a - b);
  return [0, ...places].map((from, i) => whole.subarray(from, places[i] ?? whole.length));
};

/** Where to cut: nowhere, at a few places, or at every byte. */
export const someCuts = (random: Random, length: number): number[] => {
  if (random.once(4)) return [];
  if (random.once(12)) return Array.from({ length: Math.min(length, 2000) }, (_, i) => i + 1);
  return Array.from({ length: 1 + random.below(6) }, () => random.below(length + 1));
};

/** Changes a few bytes as carelessness or an attacker would. */
export const mutated = (random: Random, text: string, tokens: readonly string[]): string => {
  let now = text;
  for (let n = 1 + random.below(3); n > 0; n--) {
    const at = random.below(now.length + 1);
    const drop = random.mostly(3, 0, [1, 1, 2, 3, 8, 40]);
    const put = random.once(5)
      ? ''
      : random.once(6)
        ? String.fromCodePoint(random.below(256))
        : random.once(8)
          ? now.slice(at, at + random.below(60))
          : random.pick(tokens);
    now = now.slice(0, at) + put + now.slice(at + drop);
  }
  return now;
};

/** The same wrong in fewer bytes: leaves out ever smaller pieces while `wrong` stays of the same kind. */
export const shrunk = async <Case extends FuzzCase>(fuzzer: Fuzzer<Case>, given: Case): Promise<Case> => {
  const { kind } = await fuzzer.judge(given);
  let best = given;
  const tries = async (smaller: Case): Promise<boolean> => {
    const judged = await fuzzer.judge(smaller);
    if (judged.wrong === null || judged.kind !== kind) return false;
    best = smaller;
    return true;
  };
  await tries({ ...best, cuts: [] });
  for (let size = best.bytes.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < best.bytes.length;) {
      const bytes = best.bytes.slice(0, at) + best.bytes.slice(at + size);
      if (!(await tries({ ...best, bytes }))) at += size;
    }
  }
  return best;
};
