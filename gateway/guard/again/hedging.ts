// HEDGES: a call that has no reply after a while is sent a second time, on another connection. The first answer counts; the send that came
// too late is given up, and nobody is blamed for it.
import type { Call, OwnDeadline, Reply } from '../../../adapters/adapter.ts';
import { AdapterError } from '../../../adapters/errors.ts';
import { held, mayRepeat, type Repeated } from './repeats.ts';
import { reasonOf, settled, tryOf, type Ended, type RepeatedSend, type Tries } from './tries.ts';
import type { HedgeSettings } from './schema.ts';

export const hedging =
  (repeated: Repeated, settings: HedgeSettings, next: RepeatedSend): RepeatedSend =>
  (call, deadline, tries) => {
    if (deadline.ended !== null) return next(call, deadline, tries);
    call.body.hold(held, repeated.held);
    const race = new Race(repeated, next, tries);
    deadline.watch((why) => race.end(why));
    race.send('first', call, deadline.at);
    race.cancel = repeated.house.after(settings.after, () => {
      const { bytes } = call.body;
      // Where calls wait for a place a second send would wait as well, and keep others out.
      if (
        bytes === null ||
        repeated.isFull() ||
        !mayRepeat(call, deadline, repeated, 0) ||
        !repeated.budget.take(settings)
      )
        return;
      repeated.budget.counts.hedges += 1;
      race.send('hedge', repeated.wire.detach(call, bytes).call, deadline.at);
    });
    return race.answer;
  };

type Which = 'first' | 'hedge';

interface Runner {
  readonly deadline: OwnDeadline;
  readonly began: number;
}

/** Two sends of one call at most. */
class Race {
  /** Of the second send, while it has not begun. */
  cancel: () => void = () => undefined;
  readonly #repeated: Repeated;
  readonly #next: RepeatedSend;
  readonly #tries: Tries | undefined;
  readonly #underWay = new Map<Which, Runner>();
  readonly #answer = Promise.withResolvers<Reply>();
  #winner: Runner | null = null;

  constructor(repeated: Repeated, next: RepeatedSend, tries: Tries | undefined) {
    this.#repeated = repeated;
    this.#next = next;
    this.#tries = tries;
  }

  get answer(): Promise<Reply> {
    return this.#answer.promise;
  }

  send(which: Which, call: Call, at: number): void {
    const runner = { deadline: this.#repeated.wire.deadline(at), began: this.#repeated.house.steady() };
    this.#underWay.set(which, runner);
    this.#next(call, runner.deadline).then(
      (reply) => this.#over(which, runner, { reply, error: null }),
      (error: unknown) => this.#over(which, runner, { reply: null, error }),
    );
  }

  /** Nobody waits for the call any more; a reply's body that is under way ends, too. */
  end(why: AdapterError): void {
    this.cancel();
    this.#winner?.deadline.end(why);
    for (const { deadline } of this.#underWay.values()) deadline.end(why);
  }

  #over(which: Which, runner: Runner, ended: Ended): void {
    if (!this.#underWay.delete(which)) return ended.reply?.discard?.(); // it has lost
    // One failed, and the other may still bring an answer.
    if (this.#underWay.size > 0 && (ended.reply === null || reasonOf(ended) !== null)) {
      ended.reply?.discard?.();
      this.#tries?.over.push(tryOf(ended, this.#since(runner), this.#kindOf(which)));
      return;
    }
    this.cancel();
    this.#winner = runner;
    for (const [loser, late] of this.#underWay) this.#giveUp(loser, late);
    if (which === 'hedge') this.#told(runner, ended);
    settled(ended).then(this.#answer.resolve, this.#answer.reject);
  }

  #giveUp(loser: Which, late: Runner): void {
    this.#underWay.delete(loser);
    const again = this.#kindOf(loser);
    this.#tries?.over.push({
      ms: this.#since(late),
      status: null,
      reason: null,
      reached: 'all',
      ...(again == null ? {} : { again }),
      lost: true,
    });
    late.deadline.end(new AdapterError('ERR_ABORTED', 'another send of the same call was answered first'));
  }

  #told(runner: Runner, ended: Ended): void {
    if (ended.reply !== null && reasonOf(ended) === null) this.#repeated.budget.counts.won += 1;
    if (this.#tries === undefined) return;
    this.#tries.began = runner.began;
    this.#tries.again = 'hedge';
  }

  #kindOf(which: Which): Tries['again'] {
    return which === 'hedge' ? 'hedge' : (this.#tries?.again ?? null);
  }

  #since({ began }: Runner): number {
    return this.#repeated.house.steady() - began;
  }
}
