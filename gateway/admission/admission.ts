// Who may pass, judged in two places: by the head alone before a body is waited for, and by every operation that occurs in a call.
import type { Call, Identified, UndecidedReason } from '../../adapters/adapter.ts';
import type { Refusal, Rule } from './refusal.ts';

/** Of one route; a route without any rule has none of these and pays nothing. */
export interface Admission {
  /** Before identification. Null: no rule is for every call. */
  readonly enter: Rule | null;
  /** After it. Null: no rule needs to know more than the head. */
  readonly judge: ((call: Call, identified: Identified) => Promise<Refusal | null>) | null;
}

export interface AdmissionRules {
  /** For every call, by its head. */
  readonly early: readonly Rule[];
  /** For every call, once its message has been read. */
  readonly late: readonly Rule[];
  readonly operations: ReadonlyMap<string, readonly Rule[]>;
  /** A call of no operation, as its target is: operations whose rules it must meet all the same. */
  readonly aside: (call: Call) => 'none' | 'all' | readonly string[];
}

export const admission = ({ early, late, operations, aside }: AdmissionRules): Admission | null => {
  const named = (names: readonly string[]): readonly Rule[] => names.flatMap((name) => operations.get(name) ?? []);
  const all = named([...operations.keys()]);
  const rulesFor = (call: Call, identified: Identified): readonly Rule[] => {
    switch (identified.is) {
      case 'operation':
        return named([identified.name]);
      case 'answered':
        return identified.name === null ? [] : named([identified.name]);
      case 'refused':
        return [];
      case 'undecided':
        // Names that occur are all judged. Where the body could not be read to its names, it may be any operation's.
        return isRead(identified.reason, identified.names) ? named(identified.names) : all;
      case 'other': {
        const which = aside(call);
        return which === 'all' ? all : which === 'none' ? [] : named(which);
      }
      default:
        return identified satisfies never;
    }
  };
  const judges = late.length > 0 || operations.size > 0;
  if (early.length === 0 && !judges) return null;
  return {
    enter: early.length === 0 ? null : (call) => firstRefusal(early, call),
    judge: judges ? (call, identified) => firstRefusal([...late, ...rulesFor(call, identified)], call) : null,
  };
};

/** Reasons under which every name of a call was read. Services may know more than the contract, or less exactly: `unknown` is none. */
const read: ReadonlySet<UndecidedReason> = new Set(['mismatch', 'ambiguous', 'empty']);
const isRead = (reason: UndecidedReason, names: readonly string[]): boolean => read.has(reason) && names.length > 0;

const firstRefusal = async (rules: readonly Rule[], call: Call): Promise<Refusal | null> => {
  for (const rule of rules) {
    const refusal = await rule(call);
    if (refusal !== null) return refusal;
  }
  return null;
};
