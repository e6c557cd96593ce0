// One document from the network, when a contract is read: never while calls are served.
import { AdapterError } from '../../../errors.ts';

export interface Fetching {
  readonly isAllowed: (url: URL) => boolean;
  /** Bytes, after decompression. */
  readonly most: number;
  /** Milliseconds, for all of it. */
  readonly timeout: number;
}

export interface Fetched {
  readonly bytes: Buffer;
  readonly charset: string | null;
  /** Where it was in the end: what its own relative references are relative to. */
  readonly at: string;
}

const mostRedirects = 5;

/**
 * Throws AdapterError: ERR_CONNECT and ERR_TIMEOUT where there is no answer, ERR_STATUS for one other than 200,
 * ERR_TOO_LARGE over the limit, ERR_CONTRACT for a redirect to a host that is not allowed.
 */
export const fetchDocument = async (address: string, limits: Fetching): Promise<Fetched> => {
  const signal = AbortSignal.timeout(limits.timeout);
  try {
    return await follow(new URL(address), limits, signal);
  } catch (cause) {
    if (cause instanceof AdapterError) throw cause;
    if (signal.aborted) {
      throw new AdapterError('ERR_TIMEOUT', `${address}: not here within ${limits.timeout} ms`, { cause });
    }
    throw new AdapterError('ERR_CONNECT', `${address}: ${reasonOf(cause)}`, { cause });
  }
};

const follow = async (start: URL, limits: Fetching, signal: AbortSignal): Promise<Fetched> => {
  let url = start;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    // Redirects are looked at before they are followed: they are the documents' way to another host.
    const reply = await fetch(url, {
      redirect: 'manual',
      signal,
      headers: { accept: 'text/xml, application/xml, */*' },
    });
    const to = reply.status >= 300 && reply.status < 400 ? reply.headers.get('location') : null;
    if (to === null) return { ...(await taken(reply, url, limits.most)), at: url.href };
    await reply.body?.cancel();
    url = redirected(url, to, limits);
  }
  throw new AdapterError('ERR_STATUS', `${start.href}: over ${mostRedirects} redirects`);
};

const redirected = (from: URL, location: string, { isAllowed }: Fetching): URL => {
  const to = URL.canParse(location, from) ? new URL(location, from) : null;
  if (to !== null && /^https?:$/.test(to.protocol) && isAllowed(to)) return to;
  throw new AdapterError(
    'ERR_CONTRACT',
    `${from.href}: redirects to ${to?.host ?? location.slice(0, 200)}; allow that host if it is to be read`,
  );
};

const taken = async (reply: Response, url: URL, most: number): Promise<Omit<Fetched, 'at'>> => {
  if (reply.status !== 200) {
    await reply.body?.cancel();
    throw new AdapterError('ERR_STATUS', `${url.href}: answered ${reply.status}; expected 200 and a document`);
  }
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of reply.body ?? []) {
    size += piece.length;
    if (size > most) throw new AdapterError('ERR_TOO_LARGE', `${url.href}: over ${most} bytes`);
    pieces.push(piece);
  }
  const charset = /;\s*charset\s*=\s*"?([\w.:-]+)"?/i.exec(reply.headers.get('content-type') ?? '')?.[1] ?? null;
  return { bytes: Buffer.concat(pieces), charset };
};

/** `fetch failed` says nothing; its cause does. */
const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
};
