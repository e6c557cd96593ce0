// Where our parser of replies and Node's may differ, and why that does not matter. All else is a defect.

interface Difference {
  /** What the one that refuses says. */
  readonly error: string;
  /** Of which bytes this holds. */
  readonly of: RegExp;
  readonly why: string;
}

/** What only ours refuses: such a call fails or falls back, and not a byte of its reply reaches a client. */
export const stricter: readonly Difference[] = [
  {
    error: 'a status line that is none',
    // oxlint-disable-next-line no-control-regex -- what ours refuses in a reason
    of: /RTSP|ICY|HTTP\/(?:0\.9|2\.0)|^[\r\n]|\n[\r\n]+HTTP|HTTP\/1\.[01] (?:[06-9]\d\d|\d{3}[^\r]*[\0-\x08\x0b-\x1f\x7f])/,
    why: 'versions that are not 1.0 or 1.1, statuses below 100 or above 599, line ends before the reply, controls in the reason: a client of HTTP/1.1 could not be told the same',
  },
  {
    error: 'a Transfer-Encoding other than chunked',
    of: /transfer-encoding/i,
    why: 'a coding that we do not take off cannot be framed anew (RFC 9112 §6.1)',
  },
  {
    error: 'two Transfer-Encodings',
    of: /transfer-encoding/i,
    why: 'one of them may have been added on the way: where the body ends is anybody’s guess',
  },
  {
    error: '101 to a request that asked for no upgrade',
    of: / 101/,
    why: 'upgrades are carried by another; here nobody asked (RFC 9110 §15.2.2)',
  },
  {
    error: 'a chunk size that is no hexadecimal number',
    of: /[0-9a-f]{14}/i,
    why: 'over 13 digits: a size over 4 PiB, or one with leading zeros that no server writes',
  },
  {
    error: 'a Content-Length that is no number',
    of: /content-length/i,
    why: 'over 15 digits: it could not be counted exactly; or one that Node does not look at because the body is chunked',
  },
  { error: 'no reply', of: /[\s\S]*/, why: 'Node’s client says so, its parser does not' },
];

/** What only Node refuses. */
export const laxer: readonly Difference[] = [
  {
    error: 'HPE_UNEXPECTED_CONTENT_LENGTH',
    of: /content-length[^]*content-length/i,
    why: 'two that are equal say one thing (RFC 9110 §8.6 allows it); or one stands among the trailers, where it frames nothing (§6.5.1)',
  },
  {
    error: 'HPE_INVALID_CONTENT_LENGTH',
    of: / 1\d\d|\n0+[^\r\n]*\r\n[^]*content-length/i,
    why: 'of an interim reply, which has no body, or among the trailers',
  },
  {
    error: 'HPE_INVALID_TRANSFER_ENCODING',
    of: / 1\d\d|\n0+[^\r\n]*\r\n[^]*transfer-encoding/i,
    why: 'of an interim reply, which has no body, or among the trailers',
  },
  {
    error: 'HPE_CLOSED_CONNECTION',
    of: / 1\d\d|\n0+[^\r\n]*\r\n[^]*connection/i,
    why: 'what an interim reply says of the connection does not count: the final reply is still to come (RFC 9110 §15.2); nor do trailers',
  },
  {
    error: 'HPE_STRICT',
    of: /[0-9a-f][ \t]*;/i,
    why: 'a chunk extension that breaks its grammar: extensions go no further, and the size is plain',
  },
  {
    error: 'HPE_INVALID_CHUNK_SIZE',
    of: /[0-9a-f][ \t]+(?:\r\n|;)/i,
    why: 'blanks after a chunk size, which old servers write: chunks are framed anew',
  },
];

/** RFC 9112 §9.3 has `close` count whatever stands beside it. Node keeps such a connection of HTTP/1.0 that also says `keep-alive`. */
export const closes = /\bclose\b/i;

/** A tab after `chunked`, which RFC 9110 §5.5 takes off: Node does not, and reads on to the end of the connection. */
export const tabbed = /chunked *\t/i;

/** What Node’s parser takes for `Connection`, and no RFC does: the next call finds out, as with any stale connection. */
export const otherConnection = /^proxy-connection$/i;
