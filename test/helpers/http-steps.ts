// A cache of plain HTTP, its clients and its origin, step by step, without a wire.
import test from 'ava';
import { bytesBody, detached, noBody } from '../../adapters/wire/bytes.ts';
import { CallDeadline } from '../../adapters/wire/deadline.ts';
import { cache } from '../../gateway/cache/cache.ts';
import type { Ask } from '../../gateway/cache/remembered.ts';
import { fieldsOf } from '../../gateway/cache/http/fields.ts';
import type { HttpCachePolicy } from '../../gateway/cache/http/policy.ts';
import { httpTemplate } from '../../gateway/cache/http/template.ts';
import type { Arriving, Raw, ReplyHead } from '../../adapters/adapter.ts';
import { plainCall } from './plain-call.ts';

export type Given = Readonly<Record<string, string>>;
export interface Step {
  /** Seconds since the first. */
  readonly at?: number;
  readonly method?: string;
  readonly target?: string;
  readonly host?: string;
  readonly sends?: Given;
  /** What the origin answers, if it is asked. */
  readonly says?: Given;
  readonly status?: number;
  /** Milliseconds that the origin takes. */
  readonly takes?: number;
  /** `asked`: the origin's answer; `kept`: the number of the step whose answer is given; `none`: 504. */
  readonly gets: 'asked' | 'none' | number;
  /** What the client sees. */
  readonly sees?: Given;
  /** What the client does not see, or the origin was not sent. */
  readonly lacks?: readonly string[];
  readonly statusSeen?: number;
  /** What the origin is sent. */
  readonly asks?: Given;
}
export type Policy = Partial<
  Pick<HttpCachePolicy, 'ttl' | 'refreshAhead' | 'staleIfError' | 'staleWhileRevalidate' | 'vary'>
>;

const start = Date.parse('2026-10-03T10:00:00Z');
export const rawOf = (given: Given): Raw => Object.entries(given).flat();
export const date = (seconds = 0): string => new Date(start + seconds * 1000).toUTCString();

export const httpRig = (more: Policy) => {
  const clock = { now: start };
  const reply = (head: ReplyHead, body: Buffer) => ({
    head,
    body: bytesBody(body),
    verdict: { blame: 'nobody' } as const,
  });
  const kept = cache({
    maxBytes: 1e7,
    adapters: { detach: detached, replyOf: reply },
    now: () => clock.now,
    steady: () => clock.now,
    chance: () => 0,
    every: () => () => undefined,
    longestWait: () => 0,
    sharedWith: null,
    broken: (error) => {
      throw error;
    },
  });
  const template = httpTemplate('api', 'GET /x');
  const policy: HttpCachePolicy = {
    ttl: null,
    staleWhileRevalidate: 0,
    staleIfError: 0,
    refreshAhead: 0,
    maxBytes: 1e6,
    scope: 's',
    vary: [],
    keyHeaders: new Set(),
    shared: false,
    target: 'api.GET /x',
    templates: [template],
    isInvalidated: false,
    inputOf: () => ({}),
    toldBy: () => null,
    ...more,
  };
  const change = { keptAt: () => [template.whole], takes: [], uncertain: [], inputOf: () => ({}) };
  return { clock, kept, policy, change, reply };
};

export const steps = test.macro<[readonly Step[], Policy?]>(async (t, all, more = {}) => {
  const { clock, kept, policy, change, reply } = httpRig(more);
  for (const [n, step] of all.entries()) {
    const {
      at = 0,
      method = 'GET',
      target = '/x',
      host = 'api.example',
      sends = {},
      says = {},
      status = 200,
      takes = 0,
    } = step;
    clock.now = start + at * 1000;
    let asked: Raw | null = null;
    const ask: Ask = ({ head }) => {
      asked = head.raw;
      clock.now += takes;
      const came = reply({ status, reason: '', raw: rawOf(says) }, Buffer.from(`answer ${n}`));
      const verdict = status >= 500 ? ({ blame: 'destination', reason: '5xx' } as const) : came.verdict;
      const attempt = { side: 'legacy', destination: 'old', ms: 1, status, reason: null, reached: 'all' } as const;
      return Promise.resolve({ reply: { ...came, verdict }, error: null, attempts: [attempt], fallback: null });
    };
    const arrival = {
      ...plainCall({ method, target, raw: ['Host', host, ...rawOf(sends)] }),
      body: noBody(),
      method,
      target,
      deadline: new CallDeadline(),
    } as unknown as Arriving;
    const got =
      method === 'GET'
        ? await kept.http.through(policy, 'legacy', arrival, ask)
        : await kept.http.write(change, arrival, ask);
    const of = `step ${n}`;
    if (step.gets === 'none') {
      t.deepEqual([got.error?.code, asked], ['ERR_UNSTORED', null], of);
      continue;
    }
    const { head, body } = got.reply!;
    const seen = fieldsOf(head.raw);
    const text = body.bytes!.toString();
    if (step.statusSeen === undefined) t.is(text, `answer ${step.gets === 'asked' ? n : step.gets}`, of);
    else t.is(head.status, step.statusSeen, of);
    if (step.gets === 'asked' || step.asks !== undefined) t.not(asked, null, `${of}: the origin is asked`);
    else t.is(asked, null, `${of}: nobody is asked`);
    for (const [name, value] of Object.entries(step.sees ?? {})) t.is(seen[name], value, `${of}: ${name}`);
    for (const [name, value] of Object.entries(step.asks ?? {}))
      t.is(fieldsOf(asked ?? [])[name], value, `${of}: ${name}`);
    for (const name of step.lacks ?? []) t.is(seen[name], undefined, `${of}: ${name}`);
    await new Promise(setImmediate); // what is renewed behind
  }
});
