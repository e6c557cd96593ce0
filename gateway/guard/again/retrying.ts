// RETRIES: the same call to the same destination once more, after a failure that it may mend.
import type { Deadline } from '../../../adapters/adapter.ts';
import { SendError } from '../../../adapters/errors.ts';
import { held, mayRepeat, type Repeated } from './repeats.ts';
import { reasonOf, settled, tryOf, type Ended, type RepeatedSend } from './tries.ts';
import type { RetrySettings } from './schema.ts';

export const retrying =
  (repeated: Repeated, settings: RetrySettings, next: RepeatedSend): RepeatedSend =>
  async (call, deadline, tries) => {
    const { house, budget } = repeated;
    call.body.hold(held, repeated.held);
    for (let done = 0; ; done += 1) {
      const ended = await endOf(next(call, deadline, tries));
      const reason = reasonOf(ended);
      if (reason === null || reason === 'request' || done === settings.attempts || !settings.on.has(reason))
        return settled(ended);
      const wait = pause(repeated, settings, ended, done);
      if (wait === null || !mayRepeat(call, deadline, repeated, wait) || !budget.take(settings)) return settled(ended);
      ended.reply?.discard?.();
      if (tries !== undefined) tries.over.push(tryOf(ended, house.steady() - tries.began, tries.again));
      await rest(repeated, wait, deadline);
      budget.counts.retries += 1;
      if (tries === undefined) continue;
      tries.began = house.steady();
      tries.again = 'retry';
    }
  };

const endOf = async (send: ReturnType<RepeatedSend>): Promise<Ended> => {
  try {
    return { reply: await send, error: null };
  } catch (error) {
    return { reply: null, error };
  }
};

/** Milliseconds to wait; null: the destination asks for more than anybody waits. */
const pause = (
  { house }: Repeated,
  { backoff, longest }: RetrySettings,
  { reply }: Ended,
  done: number,
): number | null => {
  const own = Math.min(longest, backoff * 2 ** done) * (0.5 + house.chance() / 2);
  const asked = reply === null ? 0 : retryAfter(reply.head.raw, house.wall);
  return asked > longest ? null : Math.max(own, asked);
};

/** RFC 9110 §10.2.3: seconds, or a date. 0: it says nothing that can be read. */
const retryAfter = (raw: readonly string[], wall: () => number): number => {
  const at = raw.findIndex((name, i) => i % 2 === 0 && name.length === 11 && name.toLowerCase() === 'retry-after');
  const said = at === -1 ? '' : raw[at + 1]!.trim();
  if (/^\d{1,9}$/.test(said)) return Number(said) * 1000;
  const date = said.endsWith('GMT') ? Date.parse(said) : Number.NaN;
  return Number.isNaN(date) ? 0 : Math.max(0, date - wall());
};

/** Rejects once nobody waits for the call any more. */
const rest = ({ house }: Repeated, ms: number, deadline: Deadline): Promise<void> =>
  new Promise((resolve, reject) => {
    const cancel = house.after(ms, () => {
      deadline.watch(null);
      resolve();
    });
    deadline.watch((why) => {
      cancel();
      reject(new SendError(why.code, why.code === 'ERR_DEADLINE' ? 'timeout' : 'reset', 'nothing', why.message));
    });
  });
