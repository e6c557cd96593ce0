// SOAP OPERATION DETECTION: the table that decides whose call it is. Pure; what it is given was read elsewhere.
import { AdapterError } from '../errors.ts';
import { decodedAction } from './action.ts';
import { encryptionNamespace, isSessionAction, metadataActions, sessionNamespaces } from './namespaces.ts';
import type { Identified, UndecidedReason } from '../adapter.ts';
import type { Envelope } from './envelope.ts';
import type { SoapVersion } from './namespaces.ts';
import type { Names } from './names.ts';

export interface DecisionRules {
  /** Which name legacy goes by. `payload` ignores actions it does not know; `action` does without no action. */
  readonly dispatch: 'both' | 'action' | 'payload';
  /** What becomes of a call whose names disagree. */
  readonly mismatch: 'legacy' | 'refuse';
}

/** Every name that one call carries. */
export interface CallNames {
  /** SOAP version of the content type; null: it is none of SOAP's. */
  readonly version: SoapVersion | null;
  /** From the head (and from the root part's), normalised, none empty, each once. */
  readonly actions: readonly string[];
  readonly envelope: Envelope;
}

/** Operations of one name; null: the contract does not have it. */
type Operations = readonly string[] | null;

/**
 * Decides by action and element together; both must lead to one and the same operation. Names that disagree are
 * never an operation. Why: a caller who may call A could otherwise call B under A's name.
 */
export const decideOperation = (call: CallNames, names: Names, rules: DecisionRules): Identified => {
  const { envelope } = call;
  const byAction = actionsOf(call, names);
  const byElement = elementOf(envelope, names);
  const told = (reason: UndecidedReason): Identified => undecided(reason, byAction, byElement);
  const special = specialReason(call);
  if (special !== null) return told(special);
  if (isMetadata(call, byAction, byElement)) return { is: 'other' };
  const agreed = agreement(byAction);
  if (agreed === 'none') {
    return rules.dispatch === 'action' ? told('unknown') : single(byElement, emptyOr(envelope, 'unknown'), told);
  }
  if (agreed === 'mismatch') return mismatch(byAction, byElement, rules);
  if (agreed === null) {
    return rules.dispatch === 'payload' ? single(byElement, emptyOr(envelope, 'unknown'), told) : told('unknown');
  }
  if (byElement === null) return told(emptyOr(envelope, 'unknown'));
  const both = agreed.filter((name) => byElement.includes(name));
  return both.length === 0 ? mismatch(byAction, byElement, rules) : single(both, 'unknown', told);
};

/** All operations that any of these actions names: what is known of a call whose body could not be read. */
export const operationsOf = (actions: readonly string[], names: Names): readonly string[] =>
  union(actions.map((action) => names.actions.get(action) ?? null));

/** An operation that could not be decided, with every name that occurs, for rules that judge each. */
export const undecided = (
  reason: UndecidedReason,
  byAction: readonly Operations[],
  byElement: Operations = null,
): Identified => ({ is: 'undecided', reason, names: union([...byAction, byElement]) });

/** A call that must not be relayed because it carries a DOCTYPE. */
export const doctypeRefused = (): Identified => ({
  is: 'refused',
  error: new AdapterError(
    'ERR_REFUSED',
    'the SOAP message has a DOCTYPE, which SOAP does not allow: send the message without it',
  ),
});

/** Operations by each of the call's actions: those of the head, then those of wsa:Action. */
const actionsOf = ({ actions, envelope }: CallNames, names: Names): readonly Operations[] => {
  const head = actions.map((action) => names.actions.get(action) ?? null);
  if (envelope.actions.length === 0) return head;
  return [...head, ...envelope.actions.map((action) => addressed(action, names))];
};

/** WCF compares wsa:Action as it stands; the contract's names are normalised. */
const addressed = (action: string, names: Names): Operations =>
  names.actions.get(action) ?? names.actions.get(decodedAction(action)) ?? null;

/** Operations by what the Body has, an empty Body being a name too; null: none. */
const elementOf = ({ child }: Envelope, names: Names): Operations => {
  if (child !== null) return names.elements.get(child) ?? null;
  return names.bodiless.length === 0 ? null : names.bodiless;
};

const emptyOr = ({ child }: Envelope, reason: UndecidedReason): UndecidedReason => (child === null ? 'empty' : reason);

const specialReason = ({ version, actions, envelope }: CallNames): UndecidedReason | null => {
  if (version !== envelope.version) return 'version';
  const uri = namespaceOf(envelope.child);
  if (envelope.session || sessionNamespaces.has(uri)) return 'session';
  if (actions.some(isSessionAction) || envelope.actions.some(isSessionAction)) return 'session';
  return uri === encryptionNamespace ? 'opaque' : null;
};

const namespaceOf = (name: string | null): string =>
  name !== null && name.startsWith('{') ? name.slice(1, name.indexOf('}', 1)) : '';

const isMetadata = (
  { actions, envelope }: CallNames,
  byAction: readonly Operations[],
  byElement: Operations,
): boolean => {
  if (byAction.length === 0 || byAction.some((found) => found !== null)) return false;
  if (envelope.child !== null && byElement !== null) return false;
  return [...actions, ...envelope.actions].every((action) => metadataActions.has(action));
};

/** Operations that all actions lead to; `none`: there is no action; null: all are unknown. */
const agreement = (byAction: readonly Operations[]): Operations | 'none' | 'mismatch' => {
  const first = byAction[0];
  if (first === undefined) return 'none';
  if (byAction.length === 1) return first;
  if (byAction.every((found) => found === null)) return null;
  // A name that the contract does not have agrees with none that it has.
  const common = (first ?? []).filter((name) => byAction.every((found) => found?.includes(name)));
  return common.length === 0 ? 'mismatch' : common;
};

const single = (
  found: Operations,
  none: UndecidedReason,
  told: (reason: UndecidedReason) => Identified,
): Identified => {
  if (found === null) return told(none);
  const [name, second] = found;
  if (name === undefined) return told(none);
  return second === undefined ? { is: 'operation', name } : told('ambiguous');
};

const mismatch = (byAction: readonly Operations[], byElement: Operations, rules: DecisionRules): Identified => {
  if (rules.mismatch === 'legacy') return undecided('mismatch', byAction, byElement);
  const operations = union([...byAction, byElement]).join(', ');
  return {
    is: 'refused',
    error: new AdapterError(
      'ERR_REFUSED',
      `the call's action and its Body name different operations (known among them: ${operations}): send the action of the operation that the Body asks for`,
    ),
  };
};

const union = (found: readonly Operations[]): readonly string[] => [
  ...new Set(found.flatMap((operations) => operations ?? [])),
];
