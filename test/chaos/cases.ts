// What is done to the destinations under load, and which errors clients may see of it.
import { eventually } from '../helpers/gateway.ts';
import type { ChaosRig, Lane } from './rig.ts';
import type { Fault, Harm, Passing } from './fault-proxy.ts';
import type { SideName } from './ledger.ts';

export interface Count {
  readonly reads: number;
  readonly writes: number;
}

/** What took place, for a case's bound to be counted from. */
export interface Seen {
  /** Calls that faults of the proxy struck; no other may fail. */
  readonly struck: Count;
  /** Calls that were under way at some moment of the windows that the case has told; no other may fail. */
  readonly underWay: Count;
  /** How long those windows are, in milliseconds. */
  readonly lasted: number;
  /** Connections that were reset as they came. */
  readonly refused: number;
}

export interface Case {
  readonly title: string;
  readonly on: SideName;
  /** Percent of calls to modern. */
  readonly weight: number;
  /** Does the harm and undoes it, within some `ms`; answers when calls under way may have been hit. */
  readonly harm: (doing: Doing) => Promise<readonly Window[]>;
  /** The service's process is what is harmed: no proxy between. */
  readonly direct?: boolean;
  /** Client-visible errors allowed, at most. */
  readonly allowed: (seen: Seen) => Count;
  readonly because: string;
}

/** Milliseconds on the monotonic clock. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export interface Doing {
  readonly rig: ChaosRig;
  readonly lane: Lane;
  readonly ms: number;
  /** Strikes those calls of the case's side that `plan` names, and counts them. */
  readonly strike: (plan: (passing: Passing) => Fault | null) => void;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** How long the gateway may take to notice on a busy machine that a kept connection has ended, in milliseconds. */
const noticing = 150;

/** Of modern, in milliseconds. */
export const modernTimeout = 2000;
const longerThanItsTimeout = modernTimeout + 400;

/** Clients of the load, each with one call at a time. */
export const clients = 8;

const none = () => ({ reads: 0, writes: 0 });
const struckWrites = ({ struck }: Seen) => ({ reads: 0, writes: struck.writes });
/** There are no more connections than clients, and each of them can be lost once. */
const oneEach = () => ({ reads: 0, writes: clients });
/** Each costs its client the timeout, so that it has few of them. */
const oneEachTimeout = ({ lasted }: Seen) => ({ reads: 0, writes: clients * (1 + Math.floor(lasted / modernTimeout)) });
/** The share that is drawn to a side, and four standard deviations: one run in 30,000 is over it by chance. */
const drawn =
  (percent: number) =>
  ({ underWay: { reads, writes } }: Seen) => ({
    reads: most(reads, percent / 100),
    writes: most(writes, percent / 100),
  });
const most = (of: number, share: number): number => Math.ceil(of * share + 4 * Math.sqrt(of * share * (1 - share)));

const fallsBack =
  'legacy answers a read that modern fails; a write of which modern may have seen a byte is told as failed';

/** Every so manieth call, over all connections. */
const every = (n: number, fault: Fault) => (passing: Passing) => (passing.call % n === 0 ? fault : null);

/** Until `ms` are over. */
const struckFor = async (doing: Doing, plan: (passing: Passing) => Fault | null): Promise<Window[]> => {
  const { strike, lane, ms } = doing;
  strike(plan);
  await pause(ms);
  await eventually(() => lane.proxies!.legacy.struck + lane.proxies!.modern.struck >= 3, 20_000);
  strike(() => null);
  return [];
};

const at = (harm: Harm, where: Fault['in'], byte: number): Fault => ({ harm, in: where, byte });

const service = async ({ rig, ms }: Doing, side: SideName, does: 'kill' | 'restart' | 'freeze'): Promise<Window[]> => {
  const of = rig.services[side];
  const from = performance.now();
  of.signal(does === 'freeze' ? 'SIGSTOP' : does === 'kill' ? 'SIGKILL' : 'SIGTERM');
  if (does !== 'freeze') await of.ended();
  const dead = performance.now();
  await pause(does === 'freeze' && side === 'modern' ? Math.max(ms, longerThanItsTimeout) : ms);
  if (does === 'freeze') of.signal('SIGCONT');
  else await of.start();
  const to = performance.now() + noticing;
  // A dead modern takes no write, and legacy is asked: only what it had under way when it died is lost.
  return [{ from, to: side === 'modern' && does !== 'freeze' ? dead + noticing : to }];
};

export const cases: readonly Case[] = [
  {
    title: 'modern is slow, within its timeout',
    on: 'modern',
    weight: 60,
    harm: (doing) => struckFor(doing, every(2, at({ is: 'delay', ms: 100 }, 'reply', 0))),
    allowed: none,
    because: 'slow is not failed',
  },
  {
    title: 'modern is slower than its timeout',
    on: 'modern',
    weight: 60,
    // Goes on until the late answers have come: none may be taken for another call's.
    harm: async (doing) => {
      await struckFor(doing, every(4, at({ is: 'delay', ms: modernTimeout + 300 }, 'reply', 0)));
      await pause(modernTimeout + 300);
      return [];
    },
    allowed: struckWrites,
    because: fallsBack,
  },
  {
    title: 'modern drips its answer',
    on: 'modern',
    weight: 60,
    harm: (doing) => struckFor(doing, every(5, at({ is: 'drip', bytes: 4000, ms: 5 }, 'reply', 10))),
    allowed: none,
    because: 'bytes keep coming',
  },
  {
    title: 'modern takes calls and is a black hole',
    on: 'modern',
    weight: 60,
    harm: (doing) => struckFor(doing, every(6, at({ is: 'black-hole' }, 'request', 40))),
    allowed: struckWrites,
    because: fallsBack,
  },
  {
    title: 'modern is a black hole inside its answer',
    on: 'modern',
    weight: 60,
    harm: (doing) => struckFor(doing, every(6, at({ is: 'black-hole' }, 'reply', 190))),
    allowed: struckWrites,
    because: fallsBack,
  },
  {
    title: 'modern resets inside its answer',
    on: 'modern',
    weight: 60,
    harm: (doing) => struckFor(doing, every(3, at({ is: 'reset' }, 'reply', 170))),
    allowed: struckWrites,
    because: fallsBack,
  },
  {
    title: 'modern truncates its answer',
    on: 'modern',
    weight: 60,
    harm: (doing) => struckFor(doing, every(3, at({ is: 'truncate' }, 'reply', 200))),
    allowed: struckWrites,
    because: fallsBack,
  },
  {
    title: 'modern ends its half of the connection inside the request',
    on: 'modern',
    weight: 60,
    harm: (doing) => struckFor(doing, every(3, at({ is: 'half-close' }, 'request', 60))),
    allowed: struckWrites,
    because: fallsBack,
  },
  {
    title: 'modern answers garbage',
    on: 'modern',
    weight: 60,
    harm: (doing) => struckFor(doing, every(3, at({ is: 'garbage' }, 'reply', 0))),
    allowed: struckWrites,
    because: fallsBack,
  },
  {
    title: 'modern goes on in garbage',
    on: 'modern',
    weight: 60,
    harm: (doing) => struckFor(doing, every(3, at({ is: 'garbage' }, 'reply', 175))),
    allowed: struckWrites,
    because: fallsBack,
  },
  {
    title: 'legacy truncates its answer',
    on: 'legacy',
    weight: 0,
    harm: (doing) => struckFor(doing, every(5, at({ is: 'truncate' }, 'reply', 250))),
    allowed: ({ struck }) => struck,
    because: 'nobody stands behind legacy, and what the client has seen a part of is cut',
  },
  {
    title: 'legacy resets as it is about to answer',
    on: 'legacy',
    weight: 0,
    harm: (doing) => struckFor(doing, every(5, at({ is: 'reset' }, 'reply', 0))),
    allowed: ({ struck }) => struck,
    because: 'nobody stands behind legacy; reads on a kept connection are even asked again',
  },
  {
    title: 'modern resets connections as they come',
    on: 'modern',
    weight: 60,
    harm: async ({ lane, ms, strike }) => {
      const from = performance.now();
      lane.proxies!.modern.refusing = true;
      // Kept connections end too, so that all have to connect.
      strike(() => at({ is: 'reset' }, 'request', 0));
      await pause(ms);
      strike(() => null);
      lane.proxies!.modern.refusing = false;
      return [{ from, to: performance.now() + noticing }];
    },
    allowed: ({ refused, struck }) => ({ reads: 0, writes: refused + struck.writes }),
    because: 'a connection stood for a moment, so a byte of the write may have arrived',
  },
  {
    title: 'modern is killed and nobody listens, then it is back',
    on: 'modern',
    weight: 60,
    direct: true,
    harm: (doing) => service(doing, 'modern', 'kill'),
    allowed: oneEach,
    because: 'what was under way to it at that moment; then no byte can reach it, and legacy is asked for writes too',
  },
  {
    title: 'modern is restarted',
    on: 'modern',
    weight: 60,
    direct: true,
    harm: (doing) => service(doing, 'modern', 'restart'),
    allowed: oneEach,
    because: 'what was under way to it at that moment',
  },
  {
    title: 'modern is frozen for longer than its timeout',
    on: 'modern',
    weight: 60,
    direct: true,
    harm: (doing) => service(doing, 'modern', 'freeze'),
    allowed: oneEachTimeout,
    because: 'writes that it had taken, and may carry out once it wakes',
  },
  {
    title: 'legacy is frozen for less than its timeout',
    on: 'legacy',
    weight: 30,
    direct: true,
    harm: (doing) => service(doing, 'legacy', 'freeze'),
    allowed: none,
    because: 'calls wait for it',
  },
  {
    title: 'legacy is killed and nobody listens, then it is back',
    on: 'legacy',
    weight: 30,
    direct: true,
    harm: (doing) => service(doing, 'legacy', 'kill'),
    allowed: drawn(70),
    because: 'nobody stands behind legacy; what is drawn to modern is answered',
  },
  {
    title: 'legacy is restarted',
    on: 'legacy',
    weight: 30,
    direct: true,
    harm: (doing) => service(doing, 'legacy', 'restart'),
    allowed: drawn(70),
    because: 'nobody stands behind legacy; what is drawn to modern is answered',
  },
];
