// What keeps one client on one side. A key may name a person: it is hashed and looked up in lists, never logged or counted.
import { isUtf8 } from 'node:buffer';
import type { Call } from '../../adapters/adapter.ts';
import { queryValue } from '../lib/query.ts';
import { clientIp, ipKey } from './client-ip.ts';
import type { CohortSource, Traffic } from './traffic.ts';

export interface Cohort {
  /** Never empty, without surrounding white space. */
  readonly key: string;
  /** Name of the source that gave it, such as `soapHeader:ClientId`. */
  readonly from: string;
}

/**
 * The cohort of a call: the first source that has a key, or null. An empty value counts as absent.
 *
 * The key is the plain text, without its source's name: `include` and `exclude` hold what people know clients by, and a client
 * that says `acme` in a SOAP header on one operation and in an HTTP header on another is still one client.
 */
export const cohort = (call: Call, sources: readonly CohortSource[], trusts: Traffic['trusts']): Cohort | null => {
  for (const source of sources) {
    const key = keyFrom(call, source, trusts)?.trim();
    if (key !== undefined && key !== '') return { key, from: sourceName(source) };
  }
  return null;
};

/** How a source is called in decisions, logs and the file's errors. */
export const sourceName = (source: CohortSource): string => {
  if ('name' in source) return `${source.from}:${source.name}`;
  return 'header' in source ? `${source.from}:${source.header}` : source.from;
};

const keyFrom = (call: Call, source: CohortSource, trusts: Traffic['trusts']): string | null => {
  switch (source.from) {
    case 'ip':
      return ipKey(clientIp(call, trusts));
    case 'header':
      return call.header(source.name);
    case 'cookie':
      return cookieValue(call.header('cookie'), source.name);
    case 'query':
      return queryValue(call.head.target, source.name);
    case 'apiKey':
      return call.header(source.header);
    case 'basicUser':
      return basicUser(call.header('authorization'));
    case 'clientCertificate':
      return call.client.certificate();
    case 'wsUsername':
      return call.message?.username() ?? null;
    case 'soapHeader':
      return call.message?.header(source.name) ?? null;
    default:
      return source satisfies never;
  }
};

/** The first cookie of that name, as it was set: RFC 6265 §4.1.1 allows quotes, and gives percent signs no meaning. */
const cookieValue = (header: string | null, name: string): string | null => {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals === -1 || pair.slice(0, equals).trim() !== name) continue;
    const value = pair.slice(equals + 1).trim();
    return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  }
  return null;
};

/** The user of RFC 7617 credentials; the password is not looked at. */
const basicUser = (header: string | null): string | null => {
  const token = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '')?.[1];
  if (token === undefined) return null;
  const bytes = Buffer.from(token, 'base64');
  const colon = bytes.indexOf(':');
  if (colon === -1) return null;
  const user = bytes.subarray(0, colon);
  return user.toString(isUtf8(user) ? 'utf8' : 'latin1'); // .NET Framework sends the machine's code page
};
