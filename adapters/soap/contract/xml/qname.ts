// A name with its namespace, compared by value.
import type { ExpandedName } from '../../names.ts';

export interface QName {
  /** Namespace; empty for none. */
  readonly ns: string;
  readonly local: string;
}

/** `{namespace}local`, or `local` alone in no namespace: the key of every name map. */
export const expanded = (name: QName): ExpandedName => (name.ns === '' ? name.local : `{${name.ns}}${name.local}`);

export const sameName = (a: QName, b: QName): boolean => a.local === b.local && a.ns === b.ns;
