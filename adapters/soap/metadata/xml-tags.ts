// Walks through the tags of an XML document and tells where things stand in it. For splicing: nothing is decoded, nothing is changed.

/** An attribute, with the place of its value between the quotes. */
export interface Attribute {
  /** As written, with its prefix. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export interface Walker {
  open(name: string, attributes: readonly Attribute[]): void;
  /** Character data or the inside of a CDATA section; an element's text may come in several pieces. */
  text(from: number, to: number): void;
  close(): void;
  /** All is known: the rest is not looked at. */
  readonly isDone?: boolean;
}

const nameAt = /[^\s/>=<"'&]+/y;
const attributeAt = /\s+([^\s/>=<"'&]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const endAt = /\s*(\/?)>/y;

/**
 * False for what is not well-formed as far as tags go, and for a DOCTYPE that declares something: then what was told means nothing.
 * True as soon as the walker is done. `text` may hold characters or the bytes of any encoding in which markup is ASCII.
 */
export const walkTags = (text: string, walker: Walker): boolean => {
  const open: string[] = [];
  let roots = 0;
  for (let at = 0; ;) {
    if (walker.isDone === true) return true;
    const tag = text.indexOf('<', at);
    if (tag === -1) return open.length === 0 && roots === 1;
    if (tag > at && open.length > 0) walker.text(at, tag);
    const special = text.charCodeAt(tag + 1);
    if (special === 0x21 || special === 0x3f) {
      at = skipped(text, tag, open.length > 0 ? walker : null);
    } else if (special === 0x2f) {
      const end = text.indexOf('>', tag);
      if (end === -1 || open.pop() !== text.slice(tag + 2, end).trimEnd()) return false;
      walker.close();
      at = end + 1;
    } else {
      const found = startTag(text, tag + 1);
      if (found === null || (open.length === 0 && ++roots > 1)) return false;
      walker.open(found.name, found.attributes);
      if (found.isEmpty) walker.close();
      else open.push(found.name);
      at = found.end;
    }
    if (at === -1) return false;
  }
};

/** Where what begins with `<!` or `<?` ends; -1 where it does not, or must not be there. */
const skipped = (text: string, at: number, inside: Walker | null): number => {
  if (text.startsWith('<?', at)) return after(text, '?>', at + 2);
  if (text.startsWith('<!--', at)) return after(text, '-->', at + 4);
  if (text.startsWith('<![CDATA[', at)) {
    const end = after(text, ']]>', at + 9);
    if (end === -1 || inside === null) return -1;
    inside.text(at + 9, end - 3);
    return end;
  }
  if (inside !== null || !text.startsWith('<!DOCTYPE', at)) return -1;
  const end = after(text, '>', at);
  return text.slice(at, end).includes('[') ? -1 : end;
};

const after = (text: string, mark: string, from: number): number => {
  const found = text.indexOf(mark, from);
  return found === -1 ? -1 : found + mark.length;
};

interface StartTag {
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly isEmpty: boolean;
  readonly end: number;
}

const startTag = (text: string, at: number): StartTag | null => {
  const name = matched(nameAt, text, at);
  if (name === null) return null;
  const attributes: Attribute[] = [];
  let from = at + name[0].length;
  for (;;) {
    const found = matched(attributeAt, text, from);
    if (found === null) break;
    from += found[0].length;
    const value = found[2] ?? found[3] ?? '';
    attributes.push({ name: found[1] ?? '', from: from - 1 - value.length, to: from - 1 });
  }
  const end = matched(endAt, text, from);
  if (end === null) return null;
  return { name: name[0], attributes, isEmpty: end[1] === '/', end: from + end[0].length };
};

const matched = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};
