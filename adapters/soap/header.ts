// Texts of a message's Header, for cohorts: read only when somebody asks.
import { Decoder } from './encoding.ts';
import { securityNamespaces, versionOf } from './namespaces.ts';
import { Stop } from './stop.ts';
import { StrictXml } from './strict-xml.ts';
import type { SaxesTagNS } from 'saxes';

export interface HeaderTexts {
  /** By local name: text of the first block, or member of one, that has text of its own and no elements. Trimmed. */
  readonly texts: ReadonlyMap<string, string>;
  /** User of the first WS-Security UsernameToken. */
  readonly username: string | null;
}

export interface FullHeaderTexts extends HeaderTexts {
  /** Of a message with WS-Addressing 1.0 headers; null: it has none. */
  readonly addressed: { readonly messageId: string | null } | null;
}

const addressing10 = 'http://www.w3.org/2005/08/addressing';

/** As much of the Header as can be read; a message that is cut or wrong tells what came before that. */
export const headerTexts = (bytes: Buffer, charset: string | null): FullHeaderTexts => {
  const found = new Found();
  const decoder = new Decoder(charset);
  const xml = new StrictXml(found, () => decoder.encoding);
  try {
    for (let at = 0; at < bytes.length && !found.isOver; at += 4096) {
      xml.write(decoder.text(bytes.subarray(at, at + 4096), at + 4096 >= bytes.length));
    }
  } catch (cause) {
    if (!(cause instanceof Stop)) throw cause;
  }
  return found;
};

/** Walks to the end of Header; element texts are joined over comments and CDATA. */
class Found implements FullHeaderTexts {
  readonly texts = new Map<string, string>();
  username: string | null = null;
  addressed: { messageId: string | null } | null = null;
  isOver = false;
  #inHeader = false;
  #path: SaxesTagNS[] = [];
  #text = '';
  #isLeaf = false;

  open(tag: SaxesTagNS, depth: number): void {
    if (depth === 1 && !this.isOver) this.#inHeader = tag.local === 'Header' && versionOf(tag.uri) !== null;
    if (depth === 1 && !this.#inHeader) this.isOver = true;
    if (depth === 2 && this.#inHeader && tag.uri === addressing10) this.addressed ??= { messageId: null };
    this.#path[depth] = tag;
    this.#path.length = depth + 1;
    this.#text = '';
    this.#isLeaf = true;
  }

  text(text: string): void {
    if (this.#isLeaf) this.#text += text;
  }

  cdata(text: string): void {
    this.text(text);
  }

  close(depth: number): void {
    if (depth === 1) this.isOver = true;
    if (this.#isLeaf && this.#inHeader && !this.isOver) this.#leaf(depth, this.#text.trim());
    this.#isLeaf = false;
  }

  #leaf(depth: number, text: string): void {
    const local = this.#path[depth]?.local ?? '';
    if ((depth === 2 || depth === 3) && text !== '' && !this.texts.has(local)) this.texts.set(local, text);
    if (depth === 2 && local === 'MessageID' && this.#path[2]?.uri === addressing10 && this.addressed !== null)
      this.addressed.messageId ??= text;
    if (depth === 4 && local === 'Username' && this.#isToken() && text !== '') this.username ??= text;
  }

  #isToken(): boolean {
    const [, , block, token] = this.#path;
    return isSecurity(block, 'Security') && isSecurity(token, 'UsernameToken');
  }
}

const isSecurity = (tag: SaxesTagNS | undefined, local: string): boolean =>
  tag !== undefined && tag.local === local && securityNamespaces.has(tag.uri);
