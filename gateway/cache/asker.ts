// Whose answer it is, and of what place. Credentials that nobody named keep a call away from everybody's answers, and everybody from its own.
import type { Call, Credential, Meaning, Raw } from '../../adapters/adapter.ts';
import type { CohortSource } from '../traffic/traffic.ts';
import { placeTold } from './steering.ts';

/** Headers that say who calls, lower case: keys and tokens, and what a proxy in front found out (RFC 9440, Envoy, nginx, IIS, clouds). */
export const credentialHeaders: readonly string[] = [
  'x-api-key',
  'x-auth-token',
  'x-access-token',
  'proxy-authorization',
  'client-cert',
  'x-forwarded-client-cert',
  'x-ssl-client-cert',
  'x-client-cert',
  'x-arr-clientcert',
  'remote-user',
  'x-remote-user',
  'x-forwarded-user',
  'x-forwarded-email',
  'x-ms-client-principal',
  'x-amzn-oidc-data',
  'x-goog-iap-jwt-assertion',
  'cf-access-jwt-assertion',
];

/** How callers of one operation are told apart. */
export interface Telling {
  readonly vary: readonly CohortSource[];
  /** Headers that hold keys of callers, lower case. */
  readonly keyHeaders: ReadonlySet<string>;
  /** What a call says of its caller at one of these; null: nothing. */
  readonly toldBy: (call: Call, source: CohortSource) => string | null;
}

export interface Asker {
  /** Text that only calls of the same caller share, as far as `vary` tells callers apart. */
  readonly caller: string;
  /** Text that calls for one place have in common, empty where nothing is said of it. */
  readonly place: string;
}

/** Does a reply say who its caller is from now on: a session that begins, a token that is new? */
export const namesCaller = (raw: Raw, { keyHeaders }: Pick<Telling, 'keyHeaders'>): boolean =>
  raw.some((text, at) => at % 2 === 0 && keyHeaders.has(text.toLowerCase()));

/** A word: nobody may share an answer with it, or an answer may be to another question than asked. */
export const askerOf = (
  call: Call,
  { vary, keyHeaders, toldBy }: Telling,
  { credentials }: Pick<Meaning, 'credentials'>,
): Asker | 'credentials' | 'override' => {
  const shown: Shown[] = [...credentials];
  // Its calls say no more who calls than that somebody does.
  if (call.client.bond?.identified === true) shown.push({ from: 'authorization', user: null, proof: null });
  let place: string | null = '';
  const { raw } = call.head;
  for (let at = 0; at < raw.length; at += 2) {
    const [name, value] = [raw[at]!.toLowerCase(), raw[at + 1]!];
    show(shown, name, value, keyHeaders);
    const told = placeTold(name, value);
    place = place === null || told === null ? null : place + told;
  }
  const certificate = call.client.certificate();
  if (certificate !== null) shown.push({ from: 'certificate', user: null, proof: certificate });
  const proofs: string[] = [];
  for (const credential of shown) {
    if (credential.proof === null || !vary.some((source) => names(source, credential))) return 'credentials';
    proofs.push(credential.proof);
  }
  if (place === null) return 'override';
  if (vary.length === 0) return { caller: '', place };
  const told = vary.map((source) => [source, toldBy(call, source), allOf(call, source)]);
  return { caller: JSON.stringify([proofs, told]), place };
};

interface Shown extends Credential {
  /** Of a cookie or a header. */
  readonly name?: string;
}

/** What one header line says of who calls. */
const show = (shown: Shown[], name: string, value: string, keyHeaders: ReadonlySet<string>): void => {
  if (name === 'authorization')
    shown.push({ from: 'authorization', user: null, proof: isConnection(value) ? null : value, name });
  else if (keyHeaders.has(name)) shown.push({ from: 'api-key', user: null, proof: value, name });
  else if (name === 'cookie') for (const pair of value.split(';')) shown.push(cookieOf(pair));
};

/** NTLM and Negotiate authenticate a connection, not a call. */
const isConnection = (value: string): boolean => /^\s*(?:ntlm|negotiate)\b/i.test(value);

const cookieOf = (pair: string): Shown => {
  const [name = '', ...value] = pair.split('=');
  return { from: 'cookie', user: null, proof: `${name.trim()}=${value.join('=').trim()}`, name: name.trim() };
};

const names = (source: CohortSource, { from, name }: Shown): boolean => {
  switch (source.from) {
    case 'basicUser':
      return from === 'authorization';
    case 'wsUsername':
      return from === 'ws-security';
    case 'clientCertificate':
      return from === 'certificate';
    case 'apiKey':
      return source.header === name;
    case 'header':
      return source.name === name || (source.name === 'cookie' && from === 'cookie');
    case 'cookie':
      return from === 'cookie' && source.name === name;
    case 'ip':
    case 'query':
    case 'soapHeader':
      return false;
    default:
      return source satisfies never;
  }
};

/** A header that is there twice is not the same as its first value. */
const allOf = ({ head }: Call, source: CohortSource): readonly string[] => {
  const header = source.from === 'header' ? source.name : source.from === 'apiKey' ? source.header : null;
  if (header === null) return [];
  return head.raw.filter((_, at) => at % 2 === 1 && head.raw[at - 1]!.toLowerCase() === header);
};
