// What a decision needs to know of one operation, compiled from the file. Small and frozen; `decide` takes nothing else.
import type { Session } from './session.ts';

/** Where a cohort key may come from; the first source that has one wins (product promise P2). */
export type CohortSource =
  | { readonly from: 'ip' }
  | { readonly from: 'header'; readonly name: string } // lower case
  | { readonly from: 'cookie'; readonly name: string }
  | { readonly from: 'query'; readonly name: string }
  | { readonly from: 'apiKey'; readonly header: string } // lower case
  | { readonly from: 'basicUser' }
  | { readonly from: 'clientCertificate' }
  | { readonly from: 'wsUsername' }
  | { readonly from: 'soapHeader'; readonly name: string };

export interface Traffic {
  readonly route: string;
  /** `route.operation`, for pins and logs. */
  readonly id: string;
  /** What is hashed with the cohort key; `route/operation` unless the file names a salt, so that a rename keeps everybody's side. */
  readonly salt: string;
  /** Share of calls answered by modern, 0 … 10 000. */
  readonly points: number;
  readonly cohort: readonly CohortSource[];
  /** Cohort keys that always go to modern, and those that never do. Exclude wins. */
  readonly include: ReadonlySet<string>;
  readonly exclude: ReadonlySet<string>;
  /** What becomes of calls whose connection says who calls (NTLM, Negotiate): legacy's, kept on their side, or like any other. */
  readonly connections: 'legacy' | 'held' | 'ignored';
  readonly sides: 'both' | 'legacy' | 'modern';
  /** All to legacy, whatever the weight says (decision 14: kill beats everything). */
  readonly killed: boolean;
  /** Holds calls of one session together; null: the route has none. */
  readonly session: Session | null;
  /** Secret of testers' signed pins; null: pins are not honoured. */
  readonly pinSecret: string | null;
  /** Networks whose X-Forwarded-For is believed, compiled. */
  readonly trusts: (address: string) => boolean;
}
