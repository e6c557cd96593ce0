// LAW: after an acknowledged write no reader gets what was there before it: on the writer's replica at once, on the others once they have
// been told, and after a second in any case; nor, of a write that nobody waited for and that was done n seconds late, after n seconds more.
// Checked over random interleavings of reads and writes on three replicas and a real Redis.
// STEPS=100000 for the long run (npm run interleavings); SEED repeats one as far as time allows.
import { setTimeout as wait } from 'node:timers/promises';
import anyTest, { type ExecutionContext } from 'ava';
import { Redis } from 'ioredis';
import { where } from '../helpers/components.ts';
import { eventually } from '../helpers/gateway.ts';
import { plainReplica } from '../helpers/plain-replica.ts';
import { redisServer } from '../helpers/redis-server.ts';
import { replica, type Replica } from '../helpers/replica.ts';

const test = where(anyTest.serial, 'redis');
const steps = Number(process.env['STEPS'] ?? 2000);
const seed = Number(process.env['SEED'] ?? Date.now() % 1e9);
const staleness = 1000;
/** What is done late is taken back after a second at least, by a clock that looks each second (and this machine may be slow). */
const least = 1000;
const looks = 2000;
const ids = ['a', 'b', 'c', 'd'];

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
const chances = (from: number): (() => number) => {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

interface Acknowledged {
  readonly id: string;
  readonly on: number;
  readonly version: number;
  readonly at: number;
}

interface Run {
  readonly isDisturbed: boolean;
  /** Of plain HTTP. */
  readonly isPlain?: boolean;
  /** Writes are done when nobody waits for them any more, and answers are kept for longer than the test lasts. */
  readonly isLate?: boolean;
  readonly steps: number;
}

/** Answers how old the oldest answer was that came after an acknowledged write, and how many calls were answered by whom. */
const check = async (t: ExecutionContext, run: Run) => {
  const redis = await redisServer(t);
  const random = chances(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const heard: Set<string>[] = [new Set(), new Set(), new Set()];
  const all: Replica[] = heard.map((tags) => {
    const setup = {
      url: redis.url,
      ...(run.isDisturbed ? { budget: 300 } : {}),
      policy: run.isLate === true ? { ttl: 600_000 } : { ttl: 2000, refreshAhead: 1000 },
      heard: (told: readonly string[]) => told.forEach((tag) => tags.add(tag)),
    };
    return run.isPlain === true ? plainReplica({ ...setup, names: true }) : replica(setup);
  });
  t.teardown(() => all.forEach((each) => each.close()));
  await eventually(() => all.every(({ isCurrent }) => isCurrent), 20_000);
  const vandal = new Redis(redis.url);
  t.teardown(() => vandal.disconnect());

  /** What the service holds, and the calls that are there: each is first done, then answered. */
  const held = new Map(ids.map((id) => [id, 0]));
  const there: { act: () => void; answer: () => void; isDone: boolean }[] = [];
  const served = <T>(act: () => T): Promise<T> =>
    new Promise((resolve) => {
      let result: T;
      there.push({ act: () => (result = act()), answer: () => resolve(result), isDone: false });
    });
  let acknowledged: Acknowledged[] = [];
  /** What every replica has been told of. */
  const told = new Map<string, number>();
  /** Done late; `at`: when all have to know. */
  const late: Pick<Acknowledged, 'id' | 'version' | 'at'>[] = [];
  const under = new Set<Promise<void>>();
  const by: Record<string, number> = {};
  let [oldest, writes, settled, cut] = [0, 0, 0, 0];

  const read = async (on: number, id: string): Promise<void> => {
    const began = performance.now();
    const before = acknowledged.filter((write) => write.id === id);
    const due = Math.max(
      0,
      run.isDisturbed ? 0 : (told.get(id) ?? 0),
      ...late.filter((write) => write.id === id && write.at < began).map(({ version }) => version),
      ...before.filter((write) => write.on === on || began - write.at > staleness).map(({ version }) => version),
    );
    const answer = await all[on]!.read(id, () => served(() => String(held.get(id))));
    by[String(answer.by)] = (by[String(answer.by)] ?? 0) + 1;
    const got = Number(answer.text);
    for (const { version, at } of before) if (version > got) oldest = Math.max(oldest, began - at);
    if (got < due) throw new Error(`replica ${on} gave ${id}=${got} (${answer.by}), ${due} was due; SEED=${seed}`);
  };
  const write = async (on: number, id: string): Promise<void> => {
    let version = 0;
    writes += 1;
    await all[on]!.write(id, () =>
      served(() => {
        version = held.get(id)! + 1;
        held.set(id, version);
      }),
    );
    acknowledged.push({ id, on, version, at: performance.now() });
  };
  const lateWrite = async (on: number, id: string): Promise<void> => {
    const ended = performance.now();
    const act = (): void => {
      const [acted, version] = [performance.now(), held.get(id)! + 1];
      held.set(id, version);
      late.push({ id, version, at: acted + Math.max(least, acted - ended) + looks + staleness });
    };
    // Long enough for reads in between to be answered and kept.
    await all[on]!.write(id, () => wait(random() * 300).then(act), true);
  };
  /** All that was acknowledged before a write that everybody has been told of has been told, too. */
  const settle = async (): Promise<void> => {
    const until = new Map<string, number>();
    for (const { id, version } of acknowledged) until.set(id, Math.max(until.get(id) ?? 0, version));
    const on = Math.floor(random() * 3);
    const mark = `mark ${(settled += 1)}`;
    await all[on]!.write(mark, () => Promise.resolve());
    await eventually(() => heard.every((tags, n) => n === on || [...tags].some((tag) => tag.includes(`"${mark}"`))));
    for (const [id, version] of until) told.set(id, Math.max(told.get(id) ?? 0, version));
    for (const tags of heard) tags.clear();
    // Of those before, the last of each replica's is due wherever the others are.
    acknowledged = acknowledged.filter((each) => !acknowledged.some((other) => covers(other, each)));
  };
  const go = (call: Promise<void>): void => {
    const watched = call.finally(() => under.delete(watched));
    watched.catch(() => undefined); // told when all are waited for
    under.add(watched);
    failures.push(
      watched.then(
        () => null,
        (error: unknown) => error,
      ),
    );
  };
  let failures: Promise<unknown>[] = [];
  const judge = async (): Promise<void> => {
    while (under.size > 0) {
      for (const each of there.splice(0)) {
        if (!each.isDone) each.act();
        each.answer();
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    for (const error of await Promise.all(failures)) if (error !== null) throw error;
    failures = [];
  };

  for (let step = 0; step < run.steps; step += 1) {
    const chance = random();
    if (chance < 0.4 && under.size < 60) go(read(Math.floor(random() * 3), pick(ids)));
    else if (chance < 0.44) go((run.isLate === true ? lateWrite : write)(Math.floor(random() * 3), pick(ids)));
    else if (chance < 0.85 && there.length > 0) {
      const at = Math.floor(random() * there.length);
      const one = there[at]!;
      if (one.isDone) there.splice(at, 1)[0]!.answer();
      else {
        one.act();
        one.isDone = true;
      }
    } else await new Promise((resolve) => (random() < 0.5 ? setImmediate(resolve) : setTimeout(resolve, random() * 3)));
    if (!run.isDisturbed && random() < 0.01) await settle();
    if (run.isDisturbed && random() < 0.01 && performance.now() - cut > 3000) {
      cut = performance.now();
      await vandal.call('CLIENT', 'KILL', 'TYPE', pick(['normal', 'pubsub']), 'SKIPME', 'yes');
    }
    if (step % 500 === 499) await judge();
  }
  await judge();
  const due = Math.max(0, ...late.map(({ at }) => at)) - performance.now();
  if (due > 0) await wait(due);
  for (const on of all.keys()) for (const id of ids) go(read(on, id));
  await judge();
  t.log(`${run.steps} steps, ${writes} writes, oldest answer ${Math.round(oldest)} ms: ${JSON.stringify(by)}`);
  return { by, oldest, late: late.length };
};

const covers = (other: Acknowledged, each: Acknowledged): boolean =>
  other !== each &&
  other.id === each.id &&
  other.on === each.on &&
  other.version >= each.version &&
  other.at <= performance.now() - staleness;

test('LAW: no reader gets what was there before an acknowledged write', async (t) => {
  const { by, oldest } = await check(t, { isDisturbed: false, steps });
  for (const result of ['hit', 'state', 'shared', 'miss']) t.true((by[result] ?? 0) > 0, result);
  t.true(oldest < staleness);
});

test('LAW: nor where connections to Redis are cut', async (t) => {
  const { oldest } = await check(t, { isDisturbed: true, steps });
  t.true(oldest < staleness, `${oldest} ms`);
});

test('LAW: nor of plain HTTP', async (t) => {
  const { by, oldest } = await check(t, { isDisturbed: false, isPlain: true, steps });
  for (const result of ['hit', 'state', 'shared', 'miss']) t.true((by[result] ?? 0) > 0, result);
  t.true(oldest < staleness);
});

test('LAW: nor of plain HTTP where connections are cut', async (t) => {
  const { oldest } = await check(t, { isDisturbed: true, isPlain: true, steps: steps / 2 });
  t.true(oldest < staleness, `${oldest} ms`);
});

test('LAW: nor what was there before a write that was done late, after as long again', async (t) => {
  t.true((await check(t, { isDisturbed: false, isLate: true, steps })).late > 0);
});

test('LAW: nor so of plain HTTP', async (t) => {
  t.true((await check(t, { isDisturbed: false, isLate: true, isPlain: true, steps })).late > 0);
});
