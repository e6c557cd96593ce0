// The characters of a message as RFC 7303 has it, read from all of its bytes at once.

const known = new Map([
  ...['utf-8', 'utf8'].map((label) => [label, 'utf-8'] as const),
  ...['utf-16', 'utf-16le', 'utf-16be'].map((label) => [label, label] as const),
  ...['iso-8859-1', 'latin1', 'iso_8859-1'].map((label) => [label, 'latin1'] as const),
  ...['windows-1252', 'cp1252'].map((label) => [label, 'windows-1252'] as const),
  ...['us-ascii', 'ascii'].map((label) => [label, 'ascii'] as const),
]);
const declared = /^<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"']*)["']/;

/** Null: an encoding that is not read, bytes that it does not have, or two encodings that disagree. Without a byte order mark. */
export const fullText = (bytes: Buffer, charset: string | null): string | null => {
  const marked = markOf(bytes);
  const latin = bytes.toString('latin1', 0, 300);
  const encoding =
    marked ??
    (charset === null
      ? (known.get((declared.exec(latin)?.[1] ?? 'utf-8').toLowerCase()) ?? null)
      : orderOf(charset, bytes));
  if (encoding === null || (charset !== null && !areOne(known.get(charset) ?? '', encoding))) return null;
  const text = decoded(bytes, encoding);
  const says = text === null ? null : (declared.exec(text)?.[1] ?? null);
  return says === null || areOne(known.get(says.toLowerCase()) ?? '', encoding) ? text : null;
};

const markOf = (bytes: Buffer): string | null => {
  const hex = bytes.toString('hex', 0, 4);
  if (hex.startsWith('efbbbf')) return 'utf-8';
  if (hex.startsWith('feff')) return 'utf-16be';
  return hex.startsWith('fffe') && hex !== 'fffe0000' ? 'utf-16le' : null;
};

const orderOf = (charset: string, bytes: Buffer): string | null => {
  const encoding = known.get(charset) ?? null;
  if (encoding !== 'utf-16') return encoding;
  const hex = bytes.toString('hex', 0, 2);
  return hex === '3c00' ? 'utf-16le' : hex === '003c' ? 'utf-16be' : null;
};

const areOne = (label: string, encoding: string): boolean =>
  label === encoding || (label === 'utf-16' && encoding.startsWith('utf-16'));

const decoded = (bytes: Buffer, encoding: string): string | null => {
  if (encoding === 'latin1') return bytes.toString('latin1');
  if (encoding === 'ascii') return bytes.every((byte) => byte < 128) ? bytes.toString('latin1') : null;
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null; // bytes that the encoding does not have
  }
};
