// Reads the header blocks that the contract declares (soap:header) while the envelope goes by.
import { isForUs } from '../writing/header-blocks.ts';
import { setMember } from './members.ts';
import { below, Misfit } from '../values/misfit.ts';
import { wsuNs } from '../xml/namespaces.ts';
import { sameName } from '../xml/qname.ts';
import { XmlTree } from '../xml/xml.ts';
import type { Json } from '../../../adapter.ts';
import type { Decoder } from './decoder.ts';
import type { Blocks, HeaderBlock } from '../message.ts';
import type { SoapVersion } from '../xml/namespaces.ts';
import type { Tag } from '../xml/xml.ts';

/** Reads the declared blocks of one envelope, beside whoever keeps them as trees. */
export class HeaderReader {
  readonly #blocks: readonly HeaderBlock[];
  readonly #found = new Map<HeaderBlock, Decoder>();
  #problem: unknown = null;

  constructor(blocks: readonly HeaderBlock[]) {
    this.#blocks = blocks;
  }

  /** The block as a tree; a declared one that is meant for us is read by its type as well. */
  tree(tag: Tag, version: SoapVersion): XmlTree {
    const block = this.#blocks.find(({ name }) => sameName(name, tag));
    if (block === undefined || !isForUs(tag, version)) return new XmlTree();
    if (this.#found.has(block)) {
      this.#fails(block, new Misfit('there twice; expected one block of that name'));
      return new XmlTree();
    }
    const decoder = block.codec.decoder();
    this.#found.set(block, decoder);
    return new TypedTree(decoder, (error) => this.#fails(block, error));
  }

  /** Blocks that are there. Throws Misfit for the first one that does not fit. */
  blocks(): Blocks {
    if (this.#problem !== null) throw this.#problem;
    const blocks: Record<string, Json> = {};
    for (const [{ key, codec }, decoder] of this.#found) setMember(blocks, key, codec.value(decoder.value));
    return blocks;
  }

  /** Kept until somebody wants the blocks: a fault has other ones. */
  #fails({ key }: HeaderBlock, error: unknown): void {
    this.#problem ??= below(below(error, key), '$headers');
  }
}

class TypedTree extends XmlTree {
  readonly #failed: (error: unknown) => void;
  #decoder: Decoder | null;
  #isRoot = true;

  constructor(decoder: Decoder, failed: (error: unknown) => void) {
    super();
    this.#decoder = decoder;
    this.#failed = failed;
  }

  override open(tag: Tag): void {
    super.open(tag);
    const own = this.#isRoot ? unsigned(tag) : tag;
    this.#isRoot = false;
    this.#tell((decoder) => decoder.open(own));
  }

  override text(piece: string): void {
    super.text(piece);
    this.#tell((decoder) => decoder.text(piece));
  }

  override close(): void {
    super.close();
    this.#tell((decoder) => decoder.close());
  }

  #tell(act: (decoder: Decoder) => void): void {
    if (this.#decoder === null) return;
    try {
      act(this.#decoder);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      this.#decoder = null;
      this.#failed(error);
    }
  }
}

/** `wsu:Id` is there for signatures, whatever the type of the block. */
const unsigned = (tag: Tag): Tag =>
  tag.attributes.some(({ ns }) => ns === wsuNs)
    ? { ...tag, attributes: tag.attributes.filter(({ ns }) => ns !== wsuNs) }
    : tag;
