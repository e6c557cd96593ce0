// What a recording upstream was sent, read by the letter of RFC 9112: anything doubtful is an error, nothing is guessed.

export interface SeenRequest {
  readonly method: string;
  readonly target: string;
  /** Lines as they came. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** All requests of one connection, as latin1. Throws where a byte is out of place; a last one that was cut off is `rest`. */
export const strictRequests = (bytes: string): { readonly whole: readonly SeenRequest[]; readonly rest: string } => {
  const whole: SeenRequest[] = [];
  let rest = bytes;
  for (;;) {
    const read = one(rest);
    if (read === null) return { whole, rest };
    whole.push(read.request);
    rest = rest.slice(read.length);
  }
};

const one = (bytes: string): { readonly request: SeenRequest; readonly length: number } | null => {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [first = '', ...headers] = bytes.slice(0, end).split('\r\n');
  const [, method = '', target = ''] = /^([A-Z-]+) (\/[^\s]*|\*) HTTP\/1\.1$/.exec(first) ?? fail(first);
  for (const line of headers) if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+: [^\0\r\n]*$/.test(line)) fail(line);
  const values = (name: string) =>
    headers.filter((line) => line.toLowerCase().startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  if (values('host').length !== 1) fail('Host');
  const [lengths, codings] = [values('content-length'), values('transfer-encoding')];
  if (lengths.length + codings.length > 1) fail('two framings');
  const start = end + 4;
  const framed = codings.length > 0 ? chunks(bytes, start, codings[0]!) : sized(bytes, start, lengths[0] ?? '0');
  return framed && { request: { method, target, headers, body: framed.body }, length: framed.to };
};

const fail = (what: string): never => {
  throw new Error(`the upstream was sent ${JSON.stringify(what)}`);
};

const sized = (bytes: string, start: number, length: string) => {
  const to = start + (/^\d+$/.test(length) ? Number(length) : fail(length));
  return bytes.length < to ? null : { body: bytes.slice(start, to), to };
};

const chunks = (bytes: string, start: number, coding: string) => {
  if (coding.toLowerCase() !== 'chunked') fail(coding);
  let body = '';
  for (let at = start; ;) {
    const line = bytes.indexOf('\r\n', at);
    if (line === -1) return null;
    const said = bytes.slice(at, line);
    const size = /^[0-9a-f]+$/i.test(said) ? Number.parseInt(said, 16) : fail(said);
    at = line + 2;
    if (size === 0) {
      const close = bytes.indexOf('\r\n\r\n', line);
      return close === -1 ? null : { body, to: close + 4 };
    }
    if (bytes.length < at + size + 2) return null;
    body += bytes.slice(at, at + size);
    if (bytes.slice(at + size, at + size + 2) !== '\r\n') fail('a chunk without end');
    at += size + 2;
  }
};
