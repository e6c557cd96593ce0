// HTTP/1.1 messages as strings of bytes (latin1), written and taken apart with nothing normalised.

const line = (head: string, name: string): string | null =>
  new RegExp(`^${name}:[ \t]*(.*?)[ \t]*\r$`, 'im').exec(head)?.[1] ?? null;

/** Length of a chunked body with its framing; null while some of it is still to come. */
const chunkedLength = (rest: string): number | null => {
  for (let at = 0; ;) {
    const end = rest.indexOf('\r\n', at);
    if (end === -1) return null;
    const size = Number.parseInt(rest.slice(at, end), 16);
    if (size === 0) {
      const trailers = rest.slice(end).indexOf('\r\n\r\n');
      return trailers === -1 ? null : end + trailers + 4;
    }
    at = end + 2 + size + 2;
    if (at > rest.length) return null;
  }
};

/** How many of the bytes after a head are its body; null while some are to come. `toTheEnd`: a body without framing goes on. */
export const framed = (head: string, rest: string, toTheEnd: boolean): number | null => {
  if (/chunked/i.test(line(head, 'transfer-encoding') ?? '')) return chunkedLength(rest);
  const length = line(head, 'content-length');
  if (length === null) return toTheEnd ? null : 0;
  return rest.length < Number(length) ? null : Number(length);
};

/** How long a message is at least, by its head. */
export const leastLength = (head: string): number =>
  head.length + (line(head, 'transfer-encoding') === null ? Number(line(head, 'content-length') ?? 0) : 0);

/** A chunked body without its framing. */
export const unchunked = (body: string): string => {
  let text = '';
  for (let at = 0; ;) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.slice(at, end), 16);
    if (size === 0) return text;
    text += body.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
};

export const chunked = (parts: readonly string[], trailers = ''): string =>
  `${parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')}0\r\n${trailers}\r\n`;

export interface RawReply {
  /** Heads of interim replies before it. */
  readonly interim: readonly string[];
  /** To its empty line, included. */
  readonly head: string;
  readonly status: number;
  /** With its framing. */
  readonly body: string;
  /** Whether the framing says that nothing is missing. */
  readonly whole: boolean;
  readonly ended: boolean;
}

interface Read {
  /** Whether HEAD was asked. */
  readonly isHead: boolean;
  readonly ended: boolean;
}

/** The first final reply in these bytes; null while its head is still to come. */
export const replyIn = (text: string, { isHead, ended }: Read): RawReply | null => {
  const interim: string[] = [];
  for (let at = 0; ;) {
    const end = text.indexOf('\r\n\r\n', at) + 4;
    if (end < 4) return null;
    const head = text.slice(at, end);
    const status = Number(head.slice(9, 12));
    at = end;
    if (status < 200) {
      interim.push(head);
      continue;
    }
    const rest = text.slice(end);
    const none = isHead || status === 204 || status === 304;
    const length = none ? 0 : framed(head, rest, true);
    const hasFraming = line(head, 'content-length') !== null || line(head, 'transfer-encoding') !== null;
    const whole = length !== null || (ended && !hasFraming);
    return { interim, head, status, body: rest, whole, ended };
  }
};

/** Value of a header, its first. */
export const header = (head: string, name: string): string | null => line(head, name);

/** Lines of a head, without the first and without those named. */
export const lines = (head: string, without: RegExp = /^$/): string[] =>
  head
    .split('\r\n')
    .slice(1, -2)
    .filter((each) => !without.test(each.slice(0, each.indexOf(':'))));

const catalogNamespace = 'http://contoso.example/catalog';
export const actionOf = (operation: string): string => `${catalogNamespace}/ICatalog/${operation}`;
export const envelopes = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const;
export type Version = keyof typeof envelopes;

export const envelope = (body: string, version: Version = '1.1', blocks = ''): string =>
  `<s:Envelope xmlns:s="${envelopes[version]}">${blocks === '' ? '' : `<s:Header>${blocks}</s:Header>`}<s:Body>${body}</s:Body></s:Envelope>`;

/** A call of the catalog's `Find`. */
export const find = (what = 'x', version: Version = '1.1', blocks = ''): string =>
  envelope(`<Find xmlns="${catalogNamespace}"><what>${what}</what></Find>`, version, blocks);

export interface Parts {
  readonly method?: string;
  readonly target: string;
  readonly http?: '1.0' | '1.1';
  /** Besides Host; those of a SOAP 1.1 call of `Find` where nothing is said. */
  readonly lines?: readonly string[];
  readonly body?: string;
  readonly framing?: 'length' | 'chunked' | 'none';
  /** Sizes of chunks. */
  readonly cuts?: number;
}

export const soapLines = ['Content-Type: text/xml; charset=utf-8', `SOAPAction: "${actionOf('Find')}"`];

/** A request's bytes. */
export const request = (parts: Parts): string => {
  const { method = 'POST', target, http = '1.1', lines: more = soapLines, body = find(), cuts = 100 } = parts;
  const framing = parts.framing ?? 'length';
  const framingLines = {
    length: [`Content-Length: ${body.length}`],
    chunked: ['Transfer-Encoding: chunked'],
    none: [],
  };
  const head = [`${method} ${target} HTTP/${http}`, 'Host: orders.example', ...more, ...framingLines[framing]];
  const bytes = framing === 'length' ? body : framing === 'chunked' ? chunked(pieces(body, cuts)) : '';
  return `${head.join('\r\n')}\r\n\r\n${bytes}`;
};

const pieces = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));

/** A reply's bytes, framed by its length where `lines` do not frame it. */
export const reply = (body: string, more: readonly string[] = [], status = '200 OK'): string => {
  const isFramed = more.some((each) => /^(?:content-length|transfer-encoding):/i.test(each));
  const hasNone = status.startsWith('204');
  const all = [`HTTP/1.1 ${status}`, ...more, ...(isFramed || hasNone ? [] : [`Content-Length: ${body.length}`])];
  return `${all.join('\r\n')}\r\n\r\n${body}`;
};

export const xmlType = 'Content-Type: text/xml; charset=utf-8';
