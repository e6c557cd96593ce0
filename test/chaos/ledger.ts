// What the calls of these tests say. Each has a number of its own, and every answer proves by its whole length which call it is to.

export type Operation = 'Read' | 'Write';
export type SideName = 'legacy' | 'modern';

export interface Numbered {
  readonly operation: Operation;
  readonly number: number;
  /** Characters of the proof in the answer; a multiple of three is answered in chunks. */
  readonly size: number;
  /** Spaces in the request behind what it asks; none where nothing is said. */
  readonly pad?: number;
}

const soap = 'http://schemas.xmlsoap.org/soap/envelope/';
const envelope = (inner: string): string => `<s:Envelope xmlns:s="${soap}"><s:Body>${inner}</s:Body></s:Envelope>`;

/** Bytes of another call, or of the other side, show wherever they stand in it. */
export const proofOf = (number: number, side: SideName, size: number): string =>
  `${number}-${side};`.repeat(size / 8 + 1).slice(0, size);

export const requestXml = ({ operation, number, size, pad = 0 }: Numbered): string =>
  envelope(
    `<${operation} xmlns="urn:ledger"><number>${number}</number><size>${size}</size></${operation}>${' '.repeat(pad)}`,
  );

export const answerXml = ({ operation, number, size }: Numbered, side: SideName): string =>
  envelope(
    `<${operation}Response xmlns="urn:ledger"><number>${number}</number><side>${side}</side><proof>${proofOf(number, side, size)}</proof></${operation}Response>`,
  );

/** The request as bytes on a connection, latin1. */
export const requestOf = (path: string, call: Numbered): string => {
  const xml = requestXml(call);
  return `POST ${path} HTTP/1.1\r\nHost: ledger\r\nX-Call: ${call.number}/${call.size}/${call.pad ?? 0}\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: "urn:ledger/${call.operation}"\r\nContent-Length: ${xml.length}\r\n\r\n${xml}`;
};

export type Judged =
  | { readonly is: 'right'; readonly by: SideName }
  /** An error that says of itself that it is one. */
  | { readonly is: 'error'; readonly what: string }
  /** Its client did not wait for it. */
  | { readonly is: 'left' }
  /** Anything else: an answer to another call, two answers in one, half of one that passes for whole. */
  | { readonly is: 'wrong'; readonly what: string };

/** Legacy's answer is known to the byte; modern's is written by the gateway, so its members are. */
export const judge = (call: Numbered, status: number, body: string): Judged => {
  if (status === 200) {
    if (body === answerXml(call, 'legacy')) return { is: 'right', by: 'legacy' };
    return isModern(call, body) ? { is: 'right', by: 'modern' } : { is: 'wrong', what: `200 ${body.slice(0, 300)}` };
  }
  const fault = /<faultcode>\w+:Server<\/faultcode><faultstring[^>]*>([^<]*)<\/faultstring>/.exec(body);
  if (status !== 500 || fault === null || !body.endsWith('Envelope>'))
    return { is: 'wrong', what: `${status} ${body.slice(0, 300)}` };
  return { is: 'error', what: fault[1]! };
};

const isModern = ({ operation, number, size }: Numbered, body: string): boolean => {
  const plain = body.replaceAll(/<(\/?)[\w-]+:/g, '<$1').replaceAll(/ xmlns(:\w+)?="[^"]*"/g, '');
  const inner = `<number>${number}</number><side>modern</side><proof>${proofOf(number, 'modern', size)}</proof>`;
  const whole = `<Envelope><Body><${operation}Response>${inner}</${operation}Response></Body></Envelope>`;
  return plain.replace(/^<\?xml[^>]*\?>/, '') === whole;
};

/** What either side is asked, by the first bytes of it: legacy's head has it for bodies that come later. */
export const askedIn = (first: Buffer): { readonly number: number; readonly size: number; readonly pad: number } => {
  const text = first.toString('latin1', 0, 2000);
  const found = /(?:\r\nX-Call: |\/read\/|"number":)(\d+)(?:\/|,"size":)(\d+)(?:\/(\d+))?/.exec(text) ?? [];
  return { number: Number(found[1]), size: Number(found[2]), pad: Number(found[3] ?? 0) };
};
