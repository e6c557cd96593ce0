// What a GET asks of caches: may it be answered from memory, how fresh has the answer to be, and is the client's own copy still good.
import type { Call, Head, Raw } from '../../../adapters/adapter.ts';
import { directivesOf, fieldsOf, httpDate, secondsOf, type Fields } from './fields.ts';

export interface Asking {
  readonly fields: Fields;
  /** Seconds; null: any. */
  readonly maxAge: number | null;
  readonly minFresh: number | null;
  /** Nothing is given without asking. */
  readonly afresh: boolean;
  /** Nobody is asked: what is kept, or nothing. */
  readonly onlyKept: boolean;
  /** It has a copy of its own and asks whether that is good. */
  readonly isConditional: boolean;
}

/** A word why nobody else's answer is good for it. */
export type NotAsking = 'method' | 'range' | 'precondition' | 'no-store' | 'body' | 'upgrade' | 'override';

export const askingOf = ({ head, body }: Pick<Call, 'head' | 'body'>): Asking | NotAsking => {
  if (head.method !== 'GET') return 'method';
  const fields = fieldsOf(head.raw);
  if (fields['range'] !== undefined) return 'range';
  if (fields['upgrade'] !== undefined) return 'upgrade';
  if (['if-range', 'if-match', 'if-unmodified-since'].some((name) => fields[name] !== undefined)) return 'precondition';
  if (body.framing !== 'none' && !(typeof body.framing === 'object' && body.framing.bytes === 0)) return 'body';
  const { all } = directivesOf(fields['cache-control']);
  if (all.has('no-store')) return 'no-store';
  // `max-stale` gives leave that is not taken: how old an answer may get is the origin's word, and the file's.
  const pragma = fields['cache-control'] === undefined && fields['pragma']?.toLowerCase().includes('no-cache') === true;
  return {
    fields,
    maxAge: secondsOf(all, 'max-age'),
    minFresh: secondsOf(all, 'min-fresh'),
    afresh: all.has('no-cache') || pragma,
    onlyKept: all.has('only-if-cached'),
    isConditional: fields['if-none-match'] !== undefined || fields['if-modified-since'] !== undefined,
  };
};

/** RFC 9111 §5.2.1.7; also of a call that no kept answer is good for. */
export const wantsOnlyKept = ({ head }: Pick<Call, 'head'>): boolean =>
  head.method === 'GET' && directivesOf(fieldsOf(head.raw)['cache-control']).all.has('only-if-cached');

/** Might somebody else's new answer be good for it? */
export const mayWait = ({ afresh, maxAge }: Asking): boolean => !afresh && maxAge !== 0;

/** Does it say how fresh an answer has to be? Then none past its time is good for it, whatever happens (§5.2.1.1, §5.2.1.3, §5.2.1.4). */
export const isExacting = ({ afresh, maxAge, minFresh }: Asking): boolean =>
  afresh || maxAge !== null || minFresh !== null;

interface Validators {
  readonly etag: string | null;
  readonly modified: string | null;
}

/** RFC 9110 §13.2.2: If-None-Match where there is one, else If-Modified-Since. */
export const isStillGood = ({ fields }: Asking, { etag, modified }: Validators): boolean => {
  const tags = fields['if-none-match'];
  if (tags !== undefined) {
    if (tags.trim() === '*') return true;
    return etag !== null && (tags.match(/(?:W\/)?"[^"]*"/g) ?? []).some((each) => isSameTag(each, etag));
  }
  const [since, changed] = [httpDate(fields['if-modified-since']), httpDate(modified ?? undefined)];
  return since !== null && changed !== null && changed <= since;
};

/** Weakly: what a GET may go by (RFC 9110 §8.8.3.2). */
export const isSameTag = (one: string, other: string): boolean => one.replace(/^W\//, '') === other.replace(/^W\//, '');

/** The same head, asking whether what is kept is still good, in place of the client's own copy. Null: nothing to ask by. */
export const conditional = (head: Head, { etag, modified }: Validators): Head | null => {
  if (etag === null && modified === null) return null;
  const lines = [
    ...(etag === null ? [] : ['If-None-Match', etag]),
    ...(modified === null ? [] : ['If-Modified-Since', modified]),
  ];
  return { ...head, raw: [...without(head, conditions), ...lines] };
};

/** The same head without what this client alone knows or wishes: asked for everybody. */
export const unconditional = (head: Head): Head => ({ ...head, raw: without(head, own) });

const without = ({ raw }: Head, names: ReadonlySet<string>): Raw =>
  raw.filter((_, at) => !names.has(raw[at - (at % 2)]!.toLowerCase()));

const conditions: ReadonlySet<string> = new Set(['if-none-match', 'if-modified-since']);
const own: ReadonlySet<string> = new Set([...conditions, 'cache-control', 'pragma']);
