// The root part of a multipart/related message (RFC 2387), found by splitting the whole at once.
import type { EnvelopeCase } from './envelope-case.ts';

export interface Root {
  readonly bytes: Buffer;
  readonly charset: string | null;
}

export const boundary = 'uuid:8e1d+id=1';
export const multipartType = (start: string | null): string =>
  `multipart/related; type="application/xop+xml"; boundary="${boundary}"; start-info="text/xml"${start === null ? '' : `; start="<${start}>"`}`;

/** RFC 2046 §5.1.1 has a longer line be one, too; as others do, ours takes it for content. */
const delimiterLine = new RegExp(`\\r\\n--${boundary.replace('+', '\\+')}(?=[-\\r \\t]|$)`);

/** Null where there is none, or two readers may take different bytes for it. */
export const rootPart = ({ type, bytes }: EnvelopeCase): Root | null => {
  const [, ...parts] = `\r\n${bytes}`.split(delimiterLine);
  const start = /start="<(.*)>"/.exec(type ?? '')?.[1] ?? null;
  for (const part of parts) {
    const from = part.indexOf('\r\n');
    if (from === -1 || part.startsWith('--')) return null;
    if (!/^[ \t]*$/.test(part.slice(0, from))) return null;
    const end = part.indexOf('\r\n\r\n', from);
    if (end === -1) return null;
    const head = part.slice(from, end);
    if (start !== null && /\r\ncontent-id:\s*<?([^\r]*?)>?[ \t]*(?:\r|$)/i.exec(head)?.[1] !== start) continue;
    const charset = /\r\ncontent-type:[^\r]*?;\s*charset="?([\w-]+)/i.exec(head)?.[1]?.toLowerCase() ?? null;
    const content = part === parts.at(-1) ? withoutCut(part.slice(end + 4)) : part.slice(end + 4);
    return { bytes: Buffer.from(content, 'latin1'), charset };
  }
  return null;
};

/** Of a message that ends inside a delimiter: without what there is of that. */
const withoutCut = (content: string): string => {
  const delimiter = `\r\n--${boundary}`;
  for (let length = delimiter.length - 1; length > 0; length--) {
    if (content.endsWith(delimiter.slice(0, length))) return content.slice(0, -length);
  }
  return content;
};

/** The envelope among other parts, as WCF and SOAP with attachments have it. */
export const packed = (envelope: string, { start, charset }: { start: string | null; charset: string }): string => {
  const part = (id: string, type: string, content: string): string =>
    `--${boundary}\r\nContent-ID: <${id}>\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: binary\r\n\r\n${content}\r\n`;
  const root = part('root', `application/xop+xml; charset=${charset}; type="text/xml"`, envelope);
  const other = part('other', 'application/octet-stream', '\0\r\n--\r\n--uuid:8e1d\r\n<s:Body><Bare/></s:Body>');
  return `${start === null ? '' : other}${root}${other}--${boundary}--\r\n`;
};
