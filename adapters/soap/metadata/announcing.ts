// Metadata on its way to a client: the addresses in it lead to where that client came in (product promise P6).
import { AdapterError, SendError } from '../../errors.ts';
import { authoritiesOf } from '../../wire/followed.ts';
import { headerOf } from '../../wire/headers.ts';
import { replacedOf } from '../../wire/retarget.ts';
import { StreamBody } from '../../wire/stream-body.ts';
import { asksForMetadata, isExchange, longestRequest } from './asks-for-metadata.ts';
import type { Reach, Way } from './own-address.ts';
import { rewriteMetadata } from './rewrite.ts';
import type { Announced, Call, Deadline, Entrance, Mount, Raw, Reply, Send, Whence } from '../../adapter.ts';

export interface Announcing {
  readonly mount: Mount;
  /** Of the destination; their paths are the same. */
  readonly urls: readonly string[];
  /** Host that it is asked with; null: the client's. */
  readonly host: string | null;
  /** Request target as sent → as the destination has it. */
  readonly retarget: (target: string) => string;
  readonly announced: Announced;
  readonly cameIn: Whence['cameIn'];
}

/** Bytes. A longer document flows on as it is. */
const longest = 16 * 1024 * 1024;

/** `send` for calls of no operation: metadata is asked for uncompressed and read whole; all else is not touched. */
export const announcing = (send: Send, settings: Announcing): Send => {
  const { mount, urls, announced } = settings;
  const way = wayOf({ mount, url: urls[0]! });
  // Two routes may lead to one path: the client is shown the one by which it has come.
  const ways = [way, ...announced.entrances.map(wayOf)].toSorted((one, other) => other.own.length - one.own.length);
  return async (call, deadline) => {
    const asks = asksForMetadata(call, mount.path);
    if (asks === 'no') return send(call, deadline);
    // A client that waits for `100 Continue` sends its body only now.
    if (asks === 'body') call.body.hold(longestRequest);
    const reply = await send(asks === 'body' ? call : plainly(call), deadline);
    if (asks === 'body' && !isExchange(call.body.bytes)) return reply;
    const publicBase = settings.cameIn(call);
    if (publicBase === null) return reply;
    if (call.head.method === 'HEAD') return unmeasured(reply);
    if (reply.head.status !== 200 || isCoded(reply)) return reply;
    const [asked = ''] = settings.retarget(call.head.target).split('?', 1);
    const host = settings.host ?? call.header('host');
    const authorities = new Set(urls.flatMap((url) => Array.from(authoritiesOf(url, host))));
    const reach = { publicBase, way, ways, authorities, asked };
    return readdressed(reply, reach, deadline);
  };
};

/** A path that is not replaced is the same for clients. */
const wayOf = (entrance: Entrance): Way => {
  const { path, iis } = entrance.mount;
  const replaced = replacedOf(entrance);
  const own = replaced === null ? path : replaced.own + path.slice(replaced.mount.length);
  return { own, mount: path, folds: iis };
};

const readdressed = async (reply: Reply, reach: Reach, deadline: Deadline): Promise<Reply> => {
  const bytes = await wholeOf(reply, deadline);
  const changed = bytes.length > longest ? null : rewriteMetadata(bytes, reach);
  if (changed === null) return reply;
  const { framing } = reply.body;
  const body = new StreamBody(typeof framing === 'object' ? { bytes: changed.length } : framing, noSource);
  body.push(changed);
  body.finish([]);
  return { head: { ...reply.head, raw: linesFor(reply.head.raw, changed.length) }, body, verdict: reply.verdict };
};

const noSource = { pause() {}, resume() {} };

/** A document that breaks off is not shown as one, and nobody has seen any of it yet. */
const wholeOf = async ({ body }: Reply, deadline: Deadline): Promise<Buffer> => {
  try {
    return await body.prefix(longest + 1, deadline);
  } catch (error) {
    if (!(error instanceof AdapterError) || error.code === 'ERR_ABORTED') throw error;
    const reason = error.code === 'ERR_TIMEOUT' ? 'timeout' : 'truncated';
    throw new SendError(error.code, reason, 'all', error.message, { cause: error });
  }
};

/** The same call, asking for all of a document and for its own bytes: what is compressed or cut cannot be looked into. */
const plainly = (call: Call): Call => {
  const { head, body, client, expects, message } = call;
  const raw: string[] = [];
  for (let i = 0; i < head.raw.length; i += 2) {
    const name = head.raw[i]!;
    const lower = name.toLowerCase();
    if (lower !== 'range' && lower !== 'if-range')
      raw.push(name, lower === 'accept-encoding' ? 'identity' : head.raw[i + 1]!);
  }
  const repeatable = head.method === 'POST' ? (call.repeatable ?? null) : true;
  const header = (name: string) => headerOf(raw, name);
  return { head: { ...head, raw }, body, client, expects, message, repeatable, header };
};

const isCoded = ({ head }: Reply): boolean => {
  const coding = headerOf(head.raw, 'content-encoding');
  return coding !== null && coding.trim().toLowerCase() !== 'identity';
};

/** What GET would bring is longer or shorter than the destination says. */
const unmeasured = (reply: Reply): Reply => ({
  head: { ...reply.head, raw: reply.head.raw.filter((_, i, raw) => !/^content-length$/i.test(raw[i - (i % 2)]!)) },
  body: reply.body,
  verdict: reply.verdict,
  discard: () => reply.discard?.(),
});

/** Of the destination's bytes, not of ours. */
const digests = /^(?:content-md5|digest|content-digest|repr-digest)$/i;

const linesFor = (raw: Raw, length: number): Raw => {
  const lines: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (!digests.test(name)) lines.push(name, /^content-length$/i.test(name) ? String(length) : raw[i + 1]!);
  }
  return lines;
};
