// Who calls. Credentials go on only where the route says so (decision 13 of the design: `identity`).
import { isUtf8 } from 'node:buffer';
import { RequestError } from './errors.ts';
import type { Call, Caller, Credentials, Translation } from './adapter.ts';
import { isOfConnection } from './wire/bond.ts';

/**
 * Throws RequestError for credentials that nobody but legacy can use: NTLM and Negotiate are tied to a connection, whatever
 * the route says but `ignore`.
 */
export const callerOf = (call: Call, identity: Translation['identity']): Caller => {
  const authorization = call.header('authorization');
  if (identity !== 'ignore' && (call.client.bond?.identified === true || isOfConnection(authorization)))
    throw new RequestError(
      '',
      'the call is authenticated with its connection (NTLM, Negotiate), which only legacy can check',
    );
  return {
    address: call.client.address,
    certificate: call.client.certificate(),
    credentials: identity === 'forward' && authorization !== null ? credentialsOf(authorization) : null,
  };
};

const credentialsOf = (authorization: string): Credentials => ({
  from: 'authorization',
  user: basicUser(authorization),
  authorization,
});

/** RFC 7617; null for any other scheme. */
const basicUser = (authorization: string): string | null => {
  const token = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization.trim())?.[1];
  if (token === undefined) return null;
  const bytes = Buffer.from(token, 'base64');
  const colon = bytes.indexOf(':');
  if (colon === -1) return null;
  const user = bytes.subarray(0, colon);
  return user.toString(isUtf8(user) ? 'utf8' : 'latin1');
};
