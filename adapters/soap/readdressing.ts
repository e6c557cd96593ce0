// `rewriteTo`: the address in a call's `wsa:To` is made the destination's, for services that compare it with their own
// (WCF: "AddressFilter mismatch at the EndpointDispatcher"). All other bytes stay as they are.
import type { Call, Raw, Send } from '../adapter.ts';
import { headerOf } from '../wire/headers.ts';
import { SplicedBody, type Splice } from '../wire/spliced-body.ts';
import { contentType } from './content-type.ts';
import { escapeText } from './contract/xml/escape.ts';
import { spellingOf } from './metadata/spelling.ts';
import { RootPart } from './multipart.ts';
import { Stop } from './stop.ts';
import { toPlace } from './to-place.ts';

export interface Readdressing {
  /** Of the destination. */
  readonly url: string;
  /** Request target as sent → as the destination has it. */
  readonly retarget: (target: string) => string;
  readonly tell: (what: string) => void;
}

/** Bytes within which a header must end: security headers of 300 kB exist. */
const longest = 512 * 1024;

export const readdressing = (send: Send, { url, retarget, tell }: Readdressing): Send => {
  const { origin } = new URL(url);
  let isToldOf = false;
  const left = (why: string): void => {
    if (!isToldOf)
      tell(
        `wsa:To stays as the clients have it where ${why}; let the service take their address (WCF: AddressFilterMode)`,
      );
    isToldOf = true;
  };
  return async (call, deadline) => {
    if (!mayHaveTo(call)) return send(call, deadline);
    // Its length depends on what stands in it, so the destination cannot be asked before.
    call.expects?.proceed();
    const bytes = await call.body.prefix(longest, deadline);
    const found = placeIn(bytes, call.header('content-type') ?? '');
    if (found === 'sealed') left('something in the header is signed or encrypted');
    if (found === 'open' && bytes.length >= longest) left(`the header is longer than ${longest} bytes`);
    if (typeof found === 'string') return send(call, deadline);
    const [path = ''] = retarget(call.head.target).split('?', 1);
    return send(readdressed(call, { ...found, bytes: found.spell(escapeText(origin + path)) }), deadline);
  };
};

const types = /^\s*(?:text\/xml|application\/(?:soap\+)?xml|multipart\/related)\s*(?:;|$)/i;

/** What is compressed cannot be looked into; what comes with a digest of itself would not fit it. */
const mayHaveTo = (call: Call): boolean => {
  if (call.body.framing === 'none' || call.head.method !== 'POST') return false;
  if (!types.test(call.header('content-type') ?? '')) return false;
  const coding = call.header('content-encoding');
  if (coding !== null && coding.trim().toLowerCase() !== 'identity') return false;
  return digests.every((name) => call.header(name) === null);
};

const digests = ['content-md5', 'digest', 'content-digest', 'repr-digest'] as const;

interface Found {
  readonly from: number;
  readonly to: number;
  readonly spell: (text: string) => Buffer;
}

/** Bytes of the body. */
const placeIn = (bytes: Buffer, type: string): Found | 'none' | 'sealed' | 'open' => {
  const root = rootOf(bytes, type);
  if (root === null) return 'none';
  const spelling = spellingOf(root.bytes.subarray(0, Math.min(256, root.bytes.length & ~1)));
  if (spelling === null) return 'open';
  const { width } = spelling;
  const place = toPlace(spelling.read(width === 1 ? root.bytes : root.bytes.subarray(0, root.bytes.length & ~1)));
  if (typeof place === 'string') return place;
  const at = (index: number): number => root.at + index * width;
  return { from: at(place.from), to: at(place.to), spell: (text) => spelling.write(text) };
};

/** The envelope's bytes and where they begin; null: there are none that are surely it. */
const rootOf = (bytes: Buffer, type: string): { readonly bytes: Buffer; readonly at: number } | null => {
  const { media, parameters, odd } = contentType(type);
  if (!media.startsWith('multipart/')) return { bytes, at: 0 };
  const boundary = parameters.get('boundary');
  if (odd || boundary === undefined) return null;
  try {
    const part = new RootPart(boundary, parameters.get('start')?.replace(/^<|>$/g, '') ?? null);
    const content = part.take(bytes);
    const at = content.length === 0 ? -1 : bytes.indexOf(content);
    // A part that tells its own length would no longer have it; two parts with the same bytes cannot be told apart.
    if (at === -1 || bytes.indexOf(content, at + 1) !== -1) return null;
    const head = bytes.toString('latin1', Math.max(0, at - 16_384), at);
    return /content-length\s*:/i.test(head.slice(head.lastIndexOf(`--${boundary}`))) ? null : { bytes: content, at };
  } catch (error) {
    if (error instanceof Stop) return null;
    throw error;
  }
};

const readdressed = ({ head, body, client, message, repeatable }: Call, splice: Splice): Call => {
  const spliced = new SplicedBody(body, splice);
  const raw = typeof spliced.framing === 'object' ? linesFor(head.raw, spliced.framing.bytes) : head.raw;
  return {
    head: { ...head, raw },
    body: spliced,
    client,
    expects: null,
    message,
    repeatable: repeatable ?? null,
    header: (name) => headerOf(raw, name),
  };
};

const linesFor = (raw: Raw, length: number): Raw =>
  raw.map((text, i) => (i % 2 === 1 && /^content-length$/i.test(raw[i - 1]!) ? String(length) : text));
