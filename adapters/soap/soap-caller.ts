// Who calls, where that stands in WS-Security: a UsernameToken with its password can go on as Basic, anything else cannot.
import type { Caller, Translation } from '../adapter.ts';
import { RequestError } from '../errors.ts';
import { wsseNs } from './contract/xml/namespaces.ts';
import { attribute, childNamed, type XmlElement } from './contract/xml/xml.ts';

/** Throws RequestError where credentials are to go on and cannot: legacy can check them. */
export const soapCaller = (
  caller: Caller,
  headers: readonly XmlElement[],
  identity: Translation['identity'],
): Caller => {
  const security = headers.find(({ ns, local }) => ns === wsseNs && local === 'Security');
  if (identity !== 'forward' || security === undefined) return caller;
  const token = childNamed(security, wsseNs, 'UsernameToken');
  const others = security.children.filter(({ ns }) => ns === wsseNs);
  const password = token === null ? null : childNamed(token, wsseNs, 'Password');
  const user = token === null ? null : childNamed(token, wsseNs, 'Username')?.text;
  // UsernameToken Profile §3.1: text where nothing is said.
  const isText = password !== null && (attribute(password, 'Type') ?? '#PasswordText').endsWith('#PasswordText');
  if (user === null || user === undefined || !isText || others.length > 1)
    throw new RequestError('', 'WS-Security that cannot be forwarded as Basic, which only legacy can check');
  // RFC 7617 §2: the user may not have a colon.
  if (user.includes(':')) throw new RequestError('', 'a user name with a colon, which Basic cannot carry');
  const authorization = `Basic ${Buffer.from(`${user}:${password.text}`).toString('base64')}`;
  return { ...caller, credentials: { from: 'ws-security', user, authorization } };
};
