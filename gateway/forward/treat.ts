// `treat`: what an operation's replies mean, where that differs from what everybody would take them for.
import type { ContractOperation, Reply, Send, ToldFault, Verdict } from '../../adapters/adapter.ts';
import { nearest } from '../lib/nearest.ts';

/** By status (`404`), by a declared fault's name, by a fault's code (`Server.Busy`, `code:Busy`). */
export type Treat = Readonly<Record<string, string>>;

/** What is wrong with one entry; `key` is the entry's. */
export interface TreatFlaw {
  readonly key: string;
  readonly message: string;
}

export class TreatError extends Error {
  readonly flaws: readonly TreatFlaw[];
  constructor(flaws: readonly TreatFlaw[]) {
    super(flaws.map(({ key, message }) => `treat: ${key} ${message}`).join('; '));
    this.name = 'TreatError';
    this.flaws = flaws;
  }
}

const isStatus = (key: string): boolean => /^\d{3}$/.test(key);

/** What is asked in JSON reads statuses itself: there they say which declared fault is meant. */
export const treatByStatus = (treat: Treat): Treat =>
  Object.fromEntries(Object.entries(treat).filter(([key]) => isStatus(key)));

/** SOAP 1.1's four and 1.2's five; 1.1 §4.4.1 lets them be made narrower by dots. */
const codes: readonly string[] = [
  'Client',
  'Server',
  'Sender',
  'Receiver',
  'MustUnderstand',
  'VersionMismatch',
  'DataEncodingUnknown',
];

export interface Treated {
  readonly treat: Treat;
  /** Null: its calls go on as they came, without a contract. */
  readonly operation: ContractOperation | null;
  /** Faults that any operation of the contract declares: a route's `treat` holds for all of them. */
  readonly faults: ReadonlySet<string>;
  /** Modern is asked in JSON. */
  readonly translated: boolean;
}

/** Throws TreatError with all that is wrong. */
export const checkTreat = (treated: Treated): void => {
  const flaws = Object.entries(treated.treat).flatMap(([key, means]): TreatFlaw[] => {
    const message = isStatus(key) ? statusFlaw(key, means, treated.translated) : nameFlaw(key, means, treated);
    return message === null ? [] : [{ key, message }];
  });
  if (flaws.length > 0) throw new TreatError(flaws);
};

const statusFlaw = (status: string, means: string, translated: boolean): string | null => {
  if (means === 'failure') return null;
  if (!translated)
    return means === 'answer' || means === 'client'
      ? null
      : `found "${means}", but replies go on as they came; expected answer, client or failure`;
  if (means === 'answer')
    return 'is an answer of modern that has to be told in SOAP; expected a declared fault, client or failure';
  return status.startsWith('4') ? null : `found "${means}", expected failure: a 5xx of modern means no fault`;
};

const nameFlaw = (name: string, means: string, { operation, faults }: Treated): string | null => {
  if (means !== 'answer' && means !== 'failure') return `found "${means}", expected answer or failure`;
  const [family = ''] = name.split('.', 1);
  if (name.startsWith('code:') || codes.includes(family) || faults.has(name)) return null;
  const own = operation?.faults ?? [];
  const near = nearest(name, [...own, ...faults, ...codes]);
  const known = own.length === 0 ? '' : `one of ${own.join(', ')}, `;
  const hint = near === null ? `expected ${known}a status, a SOAP code, or code:NAME` : `did you mean ${near}?`;
  return `is no fault that the contract declares; ${hint}`;
};

/** Gives replies the verdict that the file gives them. `next` itself where nothing is said. */
export const treated = (treat: Treat, next: Send): Send =>
  Object.keys(treat).length === 0
    ? next
    : async (call, deadline) => {
        const reply = await next(call, deadline);
        const verdict = verdictBy(treat, reply);
        return verdict === null ? reply : withVerdict(reply, verdict);
      };

/** The narrowest word holds: a fault's name, then its code and what that narrows, then the status. */
const verdictBy = (treat: Treat, { head, verdict }: Reply): Verdict | null => {
  for (const key of keysOf(head.status, verdict.fault ?? null)) {
    const means = treat[key];
    if (means === 'answer') return { ...verdict, blame: 'nobody' };
    if (means === 'client') return { ...verdict, blame: 'client' };
    if (means === 'failure') {
      const reason = verdict.fault !== undefined ? 'fault' : head.status >= 500 ? '5xx' : 'contract';
      return { blame: 'destination', reason, ...(verdict.fault === undefined ? {} : { fault: verdict.fault }) };
    }
  }
  return null;
};

const keysOf = (status: number, fault: ToldFault | null): readonly string[] => {
  const keys: string[] = [];
  if (fault !== null) {
    if (fault.name !== null) keys.push(fault.name);
    keys.push(`code:${fault.code}`);
    const parts = fault.code.split('.');
    for (let length = parts.length; length > 0; length -= 1) keys.push(parts.slice(0, length).join('.'));
    const other = twins[parts[0] ?? ''];
    if (other !== undefined) keys.push(other);
  }
  keys.push(String(status));
  return keys;
};

/** The same in the other version of SOAP. */
const twins: Readonly<Record<string, string>> = {
  Client: 'Sender',
  Sender: 'Client',
  Server: 'Receiver',
  Receiver: 'Server',
};

const withVerdict = (reply: Reply, verdict: Verdict): Reply => ({
  head: reply.head,
  body: reply.body,
  verdict,
  ...(reply.said === undefined ? {} : { said: reply.said }),
  discard: () => reply.discard?.(),
  over: (listener) => (reply.over === undefined ? listener(null) : reply.over(listener)),
});
