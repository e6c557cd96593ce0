// What the head of a call says about its operation: SOAPAction, the `action` parameter, and the version.
import { contentType } from './content-type.ts';
import { memo } from './memo.ts';
import type { Head } from '../adapter.ts';
import type { ContentType } from './content-type.ts';
import type { SoapVersion } from './namespaces.ts';

/**
 * The spelling that actions are compared in: without the blanks around it, without one pair of quotes, and
 * percent-decoded once as UTF-8 (WCF clients encode, WCF servers decode). Empty where there is no action.
 */
export const normalisedAction = (raw: string): string => {
  const trimmed = raw.trim();
  const quoted = trimmed.length >= 2 && trimmed.startsWith('"') && trimmed.endsWith('"');
  return decodedAction(quoted ? trimmed.slice(1, -1) : trimmed);
};

/** Percent-decodes once; a text that is not percent-encoded UTF-8 stays as it is. */
export const decodedAction = (text: string): string => {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** How far the gateway can look into a body of this media type. */
export type Carries =
  | 'soap' // text/xml or application/soap+xml
  | 'parts' // MTOM or SOAP with attachments
  | 'binary' // cannot be looked into
  | 'xml' // no SOAP media type, but it may be an envelope all the same
  | 'other'; // forms, JSON, …

/** A content type as identification sees it. */
export interface MediaHint {
  readonly carries: Carries;
  /** What the media type promises; null where it promises none. */
  readonly version: SoapVersion | null;
  /** `action` parameters, its own and those inside `start-info`, normalised and not empty. */
  readonly actions: readonly string[];
  /** Of the message itself, in lower case; that of a multipart is in its root part. */
  readonly charset: string | null;
  readonly boundary: string | null;
  /** Content-ID of the root part, without brackets; null: the first. */
  readonly start: string | null;
  /** Two readers may read it differently. */
  readonly odd: boolean;
}

const versionByMedia: ReadonlyMap<string, SoapVersion> = new Map([
  ['text/xml', '1.1'],
  ['application/soap+xml', '1.2'],
]);
/** SOAP version of a media type; null: none of SOAP's. */
export const versionOfMedia = (media: string): SoapVersion | null => versionByMedia.get(media) ?? null;

const binary = /^application\/(?:soap\+msbin|soap\+fastinfoset|fastinfoset|x-gzip|gzip)/;

/** Reads a Content-Type value. Never throws. */
export const mediaHint = (text: string): MediaHint => {
  const type = contentType(text);
  if (type.media === 'multipart/related') return multipartHint(type);
  const version = versionOfMedia(type.media);
  const action = version === '1.2' ? normalisedAction(type.parameters.get('action') ?? '') : '';
  return {
    carries: version === null ? carriesOf(type.media) : 'soap',
    version,
    actions: action === '' ? [] : [action],
    charset: type.parameters.get('charset')?.toLowerCase() ?? null,
    boundary: null,
    start: null,
    odd: type.odd,
  };
};

const carriesOf = (media: string): Carries => {
  if (binary.test(media)) return 'binary';
  return media === '' || media.endsWith('/xml') || media.endsWith('+xml') ? 'xml' : 'other';
};

/** `application/xop+xml` names the type of what it packs in `type`, a multipart in `start-info`: RFC 2387, XOP §4. */
export const packedType = (type: ContentType): ContentType | null => {
  if (type.media !== 'application/xop+xml') return type;
  const packed = type.parameters.get('type');
  return packed === undefined ? null : contentType(packed);
};

const multipartHint = (type: ContentType): MediaHint => {
  const packed = [type.parameters.get('start-info'), type.parameters.get('type')]
    .filter((text) => text !== undefined)
    .map(contentType);
  const versions = new Set(packed.map((inner) => versionByMedia.get(inner.media)).filter((v) => v !== undefined));
  const actions = [type, ...packed].map((inner) => normalisedAction(inner.parameters.get('action') ?? ''));
  const boundary = type.parameters.get('boundary') ?? '';
  return {
    carries: 'parts',
    version: versions.size === 1 ? ([...versions][0] ?? null) : null,
    actions: [...new Set(actions.filter((action) => action !== ''))],
    charset: null,
    boundary,
    start: type.parameters.get('start')?.replace(/^\s*<|>\s*$/g, '') ?? null,
    odd: type.odd || versions.size > 1 || boundary === '' || boundary.length > 70,
  };
};

/** What the head alone says. */
export interface HeadNames extends MediaHint {
  /** Every different action the head names, normalised, none of them empty. Mostly one. */
  readonly actions: readonly string[];
  readonly soapAction: boolean;
}

/** Reads heads; remembers what it read, for clients repeat themselves. One per route. */
export const headReader = (): ((head: Head, header: (name: string) => string | null) => HeadNames) => {
  const media = memo(256, mediaHint);
  const action = memo(1024, normalisedAction);
  return (head, header) => {
    const raw = header('soapaction');
    const hint = media(header('content-type') ?? '');
    const twice = repeated(head.raw);
    const actions = raw === null ? hint.actions : withName(hint.actions, action(raw));
    return {
      carries: hint.carries,
      version: hint.version,
      actions: twice === null ? actions : twice.actions.map(action).reduce(withName, actions),
      charset: hint.charset,
      boundary: hint.boundary,
      start: hint.start,
      odd: hint.odd || twice?.types === true,
      soapAction: raw !== null,
    };
  };
};

const withName = (names: readonly string[], name: string): readonly string[] =>
  name === '' || names.includes(name) ? names : [...names, name];

/** Lines that must stand once and stand twice: readers disagree which of them counts. Null: none. */
const repeated = (raw: readonly string[]): { actions: readonly string[]; types: boolean } | null => {
  let actions = 0;
  let types = 0;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? '';
    if (name.length === 10 && name.toLowerCase() === 'soapaction') actions++;
    else if (name.length === 12 && name.toLowerCase() === 'content-type') types++;
  }
  if (actions < 2 && types < 2) return null;
  const values = raw.filter((_, at) => at % 2 === 1 && raw[at - 1]?.toLowerCase() === 'soapaction');
  return { actions: actions < 2 ? [] : values, types: types > 1 };
};
