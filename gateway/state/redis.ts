// The state in Redis. No command waits for a connection, none is sent twice by the client, and none takes longer than its budget.
import { Cluster, Redis } from 'ioredis';
import type { Address } from './address.ts';
import { refusing } from './refusing.ts';
import { skipping } from './skipping.ts';
import type { Answer, Command, State } from './state.ts';

export interface RedisParts {
  readonly address: Address;
  /** Milliseconds that a call may lose here. */
  readonly budget: number;
  /** Milliseconds; does not jump. */
  readonly steady: () => number;
  /** 0 ≤ chance < 1. */
  readonly chance: () => number;
  /** It answers and takes writes again, or not any more; `why` holds no secret. */
  readonly changed: (isUp: boolean, why: string) => void;
}

/** Milliseconds between two looks at whether it answers. */
const lookEvery = 200;
/** Milliseconds between two tries to connect, at most; milliseconds without a byte after which a connection is taken for dead. */
const longestPause = 500;
const deadAfter = 3000;
/** Milliseconds between two connections to a server that takes no writes. */
const lookElsewhereEvery = 2000;

export const redis = ({ address, budget, steady, chance, changed }: RedisParts): State => {
  const gate = skipping({ now: steady, chance });
  const writes = refusing(steady);
  const retry = (times: number): number => Math.min(50 * 2 ** Math.min(times, 10), longestPause) * (0.5 + chance() / 2);
  const commands = address.kind === 'cluster' ? clusterOf(address, retry) : single(address, retry);
  const news = single(address, retry);
  let life: string | null = null;
  let isConnected = false;
  let isUp: boolean | null = null;
  let closed = false;
  const review = (why: string): void => {
    const is = isConnected && life !== null && !gate.isDown && !writes.isRefusing;
    if (is === isUp || closed) return;
    isUp = is;
    changed(is, why);
  };
  /** Null: no answer within the budget, or an error. An error that Redis itself tells is an answer in time. */
  let lastError = ended;
  const within = async <T>(promise: Promise<T>): Promise<T | null> => {
    const { promise: late, resolve } = Promise.withResolvers<typeof tooLate>();
    // After a pause of the process itself, what has come meanwhile is read before it is called late.
    const timer = setTimeout(() => setImmediate(resolve, tooLate), budget);
    try {
      const answer = await Promise.race([promise, late]);
      if (answer === tooLate) gate.bad();
      else gate.good();
      review(answer === tooLate ? `no answer within ${budget} ms` : 'it answers');
      return answer === tooLate ? null : answer;
    } catch (error) {
      if (isTold(error)) {
        gate.good();
        writes.refused();
      } else gate.bad();
      review(reasonOf(error) ?? lastError);
      return null;
    } finally {
      clearTimeout(timer);
      promise.catch(() => undefined); // it may yet fail, when nobody waits for it any more
    }
  };
  const send = async ({ script, keys, args }: Command): Promise<readonly Answer[]> => {
    const rest = [keys.length, ...keys, ...args];
    try {
      return (await commands.callBuffer('EVALSHA', [script.sha1, ...rest])) as readonly Answer[];
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return (await commands.callBuffer('EVAL', [script.text, ...rest])) as readonly Answer[];
    }
  };
  const tryToWrite = async (): Promise<void> => {
    if ((await within(commands.set('strangler:trial', '1', 'PX', 10_000))) === null) return;
    writes.took();
    review('it takes writes');
  };
  const greet = async (): Promise<void> => {
    // Nodes of a cluster fail over one by one: there is no one life that could be told.
    if (commands instanceof Cluster) life = 'cluster';
    else life = /^run_id:(\w+)/m.exec(await commands.info('server'))?.[1]?.slice(0, 12) ?? null;
    isConnected = true;
    lastError = ended;
    review('connected');
  };
  const lost = (why: string): void => {
    life = null;
    isConnected = false;
    review(why);
  };
  for (const each of [commands, news]) each.on('error', (error: Error) => (lastError = reasonOf(error) ?? ended));
  commands.on('ready', () => void greet().catch((error: unknown) => lost(reasonOf(error) ?? lastError)));
  commands.on('close', () => lost(lastError));
  void commands.connect().catch(() => undefined);
  const looking = setInterval(() => {
    if (!isConnected) return;
    if (gate.isOpen && writes.mayTry()) void tryToWrite();
    else if (!gate.isOpen && gate.mayTry()) void within(look(commands));
  }, lookEvery);

  return {
    get isUp() {
      return isUp === true;
    },
    get life() {
      return life;
    },
    async run(command) {
      if (life === null || !(gate.isOpen || command.insists === true)) return null;
      return await within(send(command));
    },
    listen(channels, { heard, broken }) {
      news.on('message', heard);
      news.on('close', broken);
      news.on('ready', () => void news.subscribe(...channels).catch(() => news.disconnect(true)));
      void news.connect().catch(() => undefined);
    },
    close() {
      closed = true;
      clearInterval(looking);
      for (const each of [commands, news]) each.disconnect();
    },
  };
};

const tooLate = Symbol('too late');

/** By Redis, not by the way there. */
const isTold = (error: unknown): boolean => error instanceof Error && error.name === 'ReplyError';

const ended = 'the connection ended';

/** Names and codes only: messages of the client may hold what was sent. Null: it has no more to say than that it failed. */
const reasonOf = (error: unknown): string | null => {
  if (!(error instanceof Error)) return null;
  const { code } = error as Error & { code?: string };
  if (error.name === 'ReplyError') return error.message.split(' ', 1)[0] ?? 'refused';
  return code ?? (error.name === 'Error' ? null : error.name);
};

const look = (commands: Redis | Cluster): Promise<unknown> =>
  commands instanceof Cluster ? commands.echo('') : commands.ping();

const base = ({ username, password, tls }: Address) => ({
  ...(username === null ? {} : { username }),
  ...(password === null ? {} : { password }),
  ...(tls ? { tls: {} } : {}),
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  connectTimeout: 2000,
  socketTimeout: deadAfter,
  disableClientInfo: true,
  reconnectOnError: elsewhere(),
});

/** To a server that is no longer the one to write to: perhaps another one stands there now. */
const elsewhere = (): ((error: Error) => boolean) => {
  let last = -Infinity;
  return ({ message }) => {
    const at = performance.now();
    if (!message.startsWith('READONLY') || at - last < lookElsewhereEvery) return false;
    last = at;
    return true;
  };
};

/** One server, or the one that the sentinels name; of a cluster, any node, and another one when that is gone. */
const single = (address: Address, retry: (times: number) => number): Redis => {
  const [{ host, port } = { host: '', port: 0 }] = address.nodes;
  const where =
    address.kind === 'sentinel'
      ? {
          sentinels: [...address.nodes],
          name: address.name ?? '',
          enableTLSForSentinelMode: address.tls,
          sentinelRetryStrategy: retry,
        }
      : { host, port };
  const one: Redis = new Redis({
    ...base(address),
    ...where,
    db: address.db,
    retryStrategy(times) {
      if (address.kind === 'cluster') Object.assign(one.options, address.nodes[times % address.nodes.length]);
      return retry(times);
    },
  });
  return one;
};

const clusterOf = (address: Address, retry: (times: number) => number): Cluster =>
  new Cluster([...address.nodes], {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: retry,
    slotsRefreshTimeout: 1000,
    retryDelayOnClusterDown: 0,
    redisOptions: base(address),
  });
