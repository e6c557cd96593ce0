// The common Header read without a parser: a cohort key in a SOAP header is asked for by every call of its route.
// Only plain markup is read here; whatever might be read differently by the exact reader is left to it (header.ts).
import type { HeaderTexts } from './header.ts';

/** Headers that are longer, such as signed ones, are the exact reader's. */
const longest = 8192;
// Any of these could mean something else than it looks like: references, comments, CDATA, processing instructions,
// credentials, and bytes that are no UTF-8.
const doubtful = /[&\ufffd]|<[!?]|UsernameToken/;
const opening = /<((?:[A-Za-z_][\w.-]*:)?)Header>/;
const tag = /<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*)\s*(\/?)>([^<>]*)/y;

/** The texts, or null where this is not certain to be what the exact reader would say. */
export const quickHeaderTexts = (bytes: Buffer, charset: string | null): HeaderTexts | null => {
  if (bytes[0] !== 0x3c || (charset !== null && charset.toLowerCase() !== 'utf-8')) return null;
  const text = bytes.toString('utf8', 0, Math.min(bytes.length, longest));
  const open = opening.exec(text);
  if (open === null) return null;
  const [start, prefix = ''] = open;
  const from = open.index + start.length;
  const to = text.indexOf(`</${prefix}Header>`, from);
  if (to === -1 || !isPlainProlog(text.slice(0, open.index)) || doubtful.test(text.slice(from, to))) return null;
  const texts = leaves(text.slice(from, to));
  return texts === null ? null : { texts, username: null };
};

/** An XML declaration in UTF-8 or none, then the Envelope's start tag, and nothing else. */
const isPlainProlog = (prolog: string): boolean =>
  /^(?:<\?xml version=["']1\.0["'](?: encoding=["']utf-8["'])?(?: standalone=["']\w+["'])?\s*\?>)?\s*<(?:[A-Za-z_][\w.-]*:)?Envelope(?:\s[^<>&]*)?>\s*$/i.test(
    prolog,
  );

/** Leaf texts of blocks and of their members; null where the markup is not plain or not balanced. */
const leaves = (region: string): Map<string, string> | null => {
  const texts = new Map<string, string>();
  const path: string[] = [];
  let leaf = '';
  let isLeaf = false;
  tag.lastIndex = /^\s*/.exec(region)![0].length;
  while (tag.lastIndex < region.length) {
    const found = tag.exec(region);
    if (found === null) return null;
    const [, closes, name = '', , empty, after = ''] = found;
    if (closes === '') {
      path.push(name);
      leaf = after;
      isLeaf = true;
      if (empty === '') continue;
      leaf = '';
    }
    if (path.at(-1) !== name) return null;
    // Depth 2 and 3 of the envelope: a block, and a member of one.
    const trimmed = leaf.trim();
    if (trimmed.includes('\r')) return null; // a line end, which XML reads as \n
    const local = name.slice(name.indexOf(':') + 1);
    if (isLeaf && path.length <= 2 && trimmed !== '' && !texts.has(local)) texts.set(local, trimmed);
    path.pop();
    isLeaf = false;
    if (path.length === 0 && after.trim() !== '') return null;
  }
  return path.length === 0 ? texts : null;
};
