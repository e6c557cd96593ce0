// What identification needs of a contract: every name under which an operation may be called.

/** Expanded name as `{namespace}local`; `local` alone in no namespace. */
export type ExpandedName = string;

export interface Names {
  /** soapAction and wsaw:Action of every binding, normalised → operations that carry it. */
  readonly actions: ReadonlyMap<string, readonly string[]>;
  /** First child of Body → operations whose input it is. More than one: ambiguous without an action. */
  readonly elements: ReadonlyMap<ExpandedName, readonly string[]>;
  /** Operations with an empty Body. */
  readonly bodiless: readonly string[];
}

/** Local part of a fault's first code; where it has none, the one that tells its blame. */
export const localCode = ([first]: readonly string[], blame: 'client' | 'destination'): string =>
  first === undefined
    ? blame === 'client'
      ? 'Client'
      : 'Server'
    : first.replace(/^\{[^}]*\}/, '').replace(/^[^:]*:/, '');
