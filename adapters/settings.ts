// What the file says of destinations, validated, and what is known of them. Part of the door, see adapter.ts.
import type { Call, Raw, Json } from './call.ts';

/** Who the gateway is to a destination, on calls that it makes itself: exactly one of these. Paths absolute. */
export interface AuthSettings {
  readonly basic?:
    | { readonly user: string; readonly password?: string | undefined; readonly passwordFile?: string | undefined }
    | undefined;
  readonly bearer?: { readonly token?: string | undefined; readonly tokenFile?: string | undefined } | undefined;
  readonly usernameToken?:
    | {
        readonly user: string;
        readonly password?: string | undefined;
        readonly passwordFile?: string | undefined;
        readonly send: 'text' | 'digest';
        readonly timestamp: boolean;
      }
    | undefined;
  readonly signature?:
    | { readonly cert: string; readonly key: string; readonly passphrase?: string | undefined }
    | undefined;
}

/** How a destination is met over TLS. Paths absolute, PEM. Its certificate is always checked. */
export interface TlsFiles {
  /** Who may vouch for it, instead of the well-known authorities. */
  readonly ca?: string | undefined;
  /** Who the gateway is to it; with `key`. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Name that is asked for (SNI) and that its certificate must have; the url's host where nothing is said. */
  readonly servername?: string | undefined;
}

/** How the urls of a destination are looked after. Milliseconds, but for counts. */
export interface HealthSettings {
  readonly ejectAfter: number;
  readonly ejectFor: number;
  readonly slowStart: number;
  /** Asked by GET; or `operation`; or nothing is asked of its own accord. */
  readonly path?: string | undefined;
  /** Status that says that all is well: `2xx`, or one of these. */
  readonly expect?: readonly string[] | undefined;
  /** Of its contract, and read-only. */
  readonly operation?: string | undefined;
  readonly input?: Json | undefined;
  readonly every: number;
  readonly timeout: number;
  readonly unhealthyAfter: number;
  readonly healthyAfter: number;
}

/** `ejected`: by its own calls; `unhealthy`: by probes. */
export type UrlState = 'healthy' | 'ejected' | 'unhealthy';

export interface UrlHealth {
  /** Host and port. */
  readonly url: string;
  readonly state: UrlState;
  /** 0: not asked while there is another; below 1: it was not healthy a moment ago. */
  readonly share: number;
  /** Calls under way now. */
  readonly inFlight: number;
}

export interface UrlChange {
  readonly url: string;
  readonly state: UrlState;
  readonly why: string;
  /** Urls that are still asked. 0: all are, healthy or not. */
  readonly left: number;
}

export interface DestinationHealth {
  readonly urls: readonly UrlHealth[];
  /** From now on it is probed, and changes are told. More than once is once. */
  start(listener: (change: UrlChange) => void): void;
}

/** Keeps the calls of one session at one url of a destination. */
export interface Affinity {
  /** Null: the call is of no session. */
  keyOf(call: Call): string | null;
  /** Of the session that a reply begins; null: it begins none. */
  begunBy(raw: Raw): string | null;
  /** Host and port where it is; null: it is not known. */
  recall(key: string): string | null;
  remember(key: string, url: string): void;
}

/** Header lines of these names, in lower case, go; then these lines come. */
export interface HeaderEdit {
  readonly drops: readonly string[];
  readonly lines: Raw;
}

/** What a destination is told of where a call comes from, where the call does not say it already. */
export type ForwardedForm = 'none' | 'forwarded' | 'x-forwarded' | 'both';

interface OverNetwork {
  /** Of calls to it and of its replies. */
  readonly headers?:
    | { readonly request?: HeaderEdit | undefined; readonly response?: HeaderEdit | undefined }
    | undefined;
  /** `length`: it takes no chunked requests. */
  readonly requestFraming?: 'same' | 'length' | undefined;

  readonly auth?: AuthSettings | undefined;
  /** All of its urls, `url` first: same scheme, same path. Absent: that is the only one. */
  readonly urls?: readonly string[] | undefined;
  readonly health?: HealthSettings | undefined;
  readonly tls?: TlsFiles | undefined;
  readonly url: string;
  /** Milliseconds. */
  readonly connectTimeout: number;
  readonly timeout: number;
  readonly host: 'client' | 'destination';
  readonly keepAlive: boolean;
  /** `none` where nothing is said. */
  readonly forwarded?: ForwardedForm | undefined;
}

/** Settings of a destination, validated; paths of files absolute. */
export type DestinationSettings =
  | (OverNetwork & {
      readonly adapter: 'soap';
      readonly wsdl?: string | undefined;
      /** Of the gateway's own calls. */
      readonly soapVersion?: '1.1' | '1.2' | undefined;
      readonly addressing?: boolean | undefined;
      /** Unsigned `wsa:To` of calls that are relayed is made its own address. */
      readonly rewriteTo?: boolean | undefined;
      /** `wcf`, `asmx`, `jax-ws`, or the path of a recorded reply. */
      readonly dialect?: string | undefined;
    })
  | (OverNetwork & { readonly adapter: 'http' })
  | {
      readonly adapter: 'handler';
      readonly module: string;
      readonly timeout: number;
    };
