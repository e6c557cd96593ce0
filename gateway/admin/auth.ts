// Who may ask the admin side what. Reading is open to whoever comes over loopback; changing takes the token, always.
import { createHash, timingSafeEqual } from 'node:crypto';
import { AdminError } from './problem.ts';
import type { Context, Next } from 'koa';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares digests, so that neither length nor content shows in the time it takes. */
const isToken = (offered: string, token: string): boolean => timingSafeEqual(digest(offered), digest(token));

const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address));

/** A name that a web page elsewhere cannot have pointed here: an address or localhost, with any port. */
const isLocalName = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host);

/**
 * A browser on the operator's machine reaches loopback too, led by any web page it shows. Refused are: a foreign name on a
 * loopback connection (DNS rebinding), and requests that the browser itself calls cross-site.
 */
export const refuseStrangers = async (ctx: Context, next: Next): Promise<void> => {
  const host = ctx.get('host');
  if (isLoopback(ctx.req.socket.localAddress) && !isLocalName(host))
    throw new AdminError(403, 'Forbidden', `the name '${host}' is not of this machine; use localhost or 127.0.0.1`);
  const site = ctx.get('sec-fetch-site');
  if (site !== '' && site !== 'same-origin' && site !== 'none')
    throw new AdminError(403, 'Forbidden', 'a page of another origin may not ask the admin side');
  const origin = ctx.get('origin');
  if (origin !== '' && origin !== `http://${host}` && origin !== `https://${host}`)
    throw new AdminError(403, 'Forbidden', `the origin '${origin}' may not ask the admin side`);
  await next();
};

/** `token`: non-empty; who started the gateway got to know it. */
export const auth = (token: string) => {
  if (token === '') throw new TypeError('the admin token is empty; leave it out to have one made');
  const authorize = (ctx: Context): void => {
    const [, offered] = /^Bearer +(\S+)$/i.exec(ctx.get('authorization')) ?? [];
    if (offered === undefined)
      throw new AdminError(401, 'Unauthorized', 'send the admin token as `Authorization: Bearer …` ($STRANGLER_TOKEN)');
    if (!isToken(offered, token))
      throw new AdminError(401, 'Unauthorized', 'this is not the admin token of this gateway');
  };
  return {
    /** Middleware for what only looks. */
    mayRead: async (ctx: Context, next: Next): Promise<void> => {
      const { localAddress, remoteAddress } = ctx.req.socket;
      if (!isLoopback(localAddress) || !isLoopback(remoteAddress)) authorize(ctx);
      await next();
    },
    /** Middleware for what changes anything. */
    mayChange: async (ctx: Context, next: Next): Promise<void> => {
      authorize(ctx);
      await next();
    },
  };
};
