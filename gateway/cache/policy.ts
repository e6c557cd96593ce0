// What the file says of one operation's answers, compiled.
import type { Adapters, Call, Contract, ContractOperation, Face, Meanings } from '../../adapters/adapter.ts';
import type { CohortSource } from '../traffic/traffic.ts';
import { credentialHeaders, type Telling } from './asker.ts';
import type { SaidCache } from './schema.ts';
import { nearest } from '../lib/nearest.ts';
import { templateOf, type Template } from './tags.ts';

export interface CachePolicy extends Telling, Omit<SaidCache, 'ttl' | 'volatile' | 'vary' | 'faults' | 'sides'> {
  readonly meanings: Meanings;
  /** Milliseconds. */
  readonly ttl: number;
  /** `route.operation`, for whoever runs the gateway. */
  readonly target: string;
  /** Part of every key: another contract, destination or operation makes other answers. */
  readonly scope: string;
  /** By name; milliseconds. */
  readonly faults: ReadonlyMap<string, number>;
  /** One answer serves both sides. */
  readonly shared: boolean;
  /** What its answers are taken back by; the first is the operation as a whole. */
  readonly tags: readonly Template[];
  /** Some write takes them back. */
  readonly isInvalidated: boolean;
}

/** What a write takes back. */
export interface Invalidation {
  /** Null: its calls cannot be read, and it takes back whole operations. */
  readonly meanings: Meanings | null;
  readonly tags: readonly Template[];
}

export interface PolicyParts {
  /** `name` of the route. */
  readonly name: string;
  readonly operation: string;
  readonly contract: Contract | null;
  readonly face: Face;
  readonly adapters: Pick<Adapters, 'meanings'>;
  /** What makes the operation's answers what they are: both destinations, how they are asked, and, where answers are shared, the weight. */
  readonly scope: string;
  readonly effect: 'read' | 'idempotent' | 'write';
  readonly cache: SaidCache;
  /** Headers, lower case, in which the route's rules look for keys. */
  readonly keyHeaders: readonly string[];
  /** All `invalidates` of the file that mean operations of this contract, as written. */
  readonly invalidated: readonly string[];
  /** What a call says of its caller at one of these; null: nothing. */
  readonly toldBy: (call: Call, source: CohortSource) => string | null;
}

/** Throws an Error that says why the operation's answers cannot be kept. */
export const policyOf = (parts: PolicyParts): CachePolicy => {
  const { operation, contract, face, adapters, effect, cache, invalidated, toldBy } = parts;
  const own = contract?.operations.get(operation);
  if (contract === null || own === undefined)
    throw new Error('cache needs protocol: http, or a contract: a destination with a wsdl, and one of its operations');
  if (effect !== 'read')
    throw new Error(`cache, but ${operation} has effect: ${effect}; only a read may be answered from memory`);
  const { volatile, vary, faults, sides, ttl, ...times } = cache;
  if (ttl === undefined)
    throw new Error(`cache needs a ttl: nothing else tells how long an answer of ${operation} is good`);
  const meanings = adapters.meanings({ face, contract, operation, volatile: new Set(volatile) });
  for (const name of Object.keys(faults)) checkFault(own, name);
  const namespace = contract.hash;
  const mine = invalidated.map((said) => templateOf(namespace, said)).filter((each) => each.operation === operation);
  const tags = [templateOf(namespace, operation), ...mine.filter(({ members }) => members.length > 0)];
  return {
    ...times,
    ttl,
    target: `${parts.name}.${operation}`,
    meanings,
    // Kept answers have the tags and the times of the policy that they were kept by, and what they were kept by before cannot be taken
    // back by a member that a write names since.
    scope: `${namespace} ${operation} ${parts.scope} ${JSON.stringify([cache, [...new Set(mine.map(({ id }) => id))].toSorted()])}`,
    faults: new Map(Object.entries(faults)),
    vary: vary ?? [],
    keyHeaders: new Set([...credentialHeaders, ...parts.keyHeaders]),
    shared: sides === 'shared',
    tags,
    isInvalidated: mine.length > 0,
    toldBy,
  };
};

const checkFault = ({ name, faults }: ContractOperation, fault: string): void => {
  if (faults.includes(fault)) return;
  const expected = faults.length === 0 ? 'it declares none' : `expected ${faults.join(', ')}`;
  throw new Error(`cache.faults names ${fault}, which ${name} does not declare; ${expected}`);
};

export type InvalidationParts = Pick<PolicyParts, 'operation' | 'contract' | 'face' | 'adapters'> & {
  /** As written. */
  readonly invalidates: readonly string[];
};

/** Null: it takes nothing back. Throws an Error for what is no operation of the contract, or no member of one. */
export const invalidationOf = ({
  operation,
  contract,
  face,
  adapters,
  invalidates,
}: InvalidationParts): Invalidation | null => {
  if (invalidates.length === 0) return null;
  const own = contract?.operations.get(operation);
  if (contract === null || own === undefined)
    throw new Error('invalidates needs a contract: a destination with a wsdl, and one of its operations');
  const tags = invalidates.map((said) => templateOf(contract.hash, said));
  for (const template of tags) {
    const taken = contract.operations.get(template.operation);
    if (taken === undefined) throw new Error(unknown(template.operation, [...contract.operations.keys()]));
    for (const asked of [own, taken]) checkMembers(asked, template);
  }
  const isReadable = own.passThroughOnly === null;
  return { meanings: isReadable ? adapters.meanings({ face, contract, operation, volatile: new Set() }) : null, tags };
};

const unknown = (operation: string, known: readonly string[]): string => {
  const near = nearest(operation, known);
  return `invalidates ${operation}, which the contract does not have; ${near === null ? `it has ${known.join(', ')}` : `did you mean ${near}?`}`;
};

const checkMembers = ({ name, inputs }: ContractOperation, { operation, members }: Template): void => {
  for (const member of members) {
    const [first = ''] = member.split('.');
    if (!inputs.includes(first))
      throw new Error(
        `invalidates ${operation} by {${member}}, which is no member of what ${name} is asked; it has ${inputs.join(', ')}`,
      );
  }
};
