// What a destination wants to see of the gateway itself, on calls that the gateway makes. Secrets are held here, and told nobody.
import { readFile } from 'node:fs/promises';
import type { AuthSettings, Raw } from './adapter.ts';

/** A secret as it stands in the file, or the content of a file, without the line's end. Rejects when that cannot be read. */
export const secretOf = async (text: string | undefined, file: string | undefined): Promise<string> => {
  if (text !== undefined) return text;
  if (file === undefined) throw new Error('auth has neither a secret nor a file with one');
  return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
};

/** Header lines for Basic (RFC 7617) and bearer (RFC 6750); none for what stands in the message. */
export const authorizationLines = async (auth: AuthSettings | undefined): Promise<Raw> => {
  if (auth?.basic !== undefined) {
    const { user, password, passwordFile } = auth.basic;
    const pair = `${user}:${await secretOf(password, passwordFile)}`;
    return ['Authorization', `Basic ${Buffer.from(pair).toString('base64')}`];
  }
  if (auth?.bearer === undefined) return [];
  const token = await secretOf(auth.bearer.token, auth.bearer.tokenFile);
  if (!/^[A-Za-z0-9._~+/-]+=*$/.test(token))
    throw new Error('auth.bearer: the token has characters that no bearer token has');
  return ['Authorization', `Bearer ${token}`];
};
