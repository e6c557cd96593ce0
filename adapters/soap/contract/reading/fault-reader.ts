// A fault of either version, read while it passes: its texts as a tree, its detail by the contract where it is declared.
import { Misfit } from '../values/misfit.ts';
import { sameName } from '../xml/qname.ts';
import { XmlTree } from '../xml/xml.ts';
import type { Json, TypedFault } from '../../../adapter.ts';
import type { FaultMessage } from '../contract.ts';
import type { Decoder } from './decoder.ts';
import type { Tag, XmlElement, XmlListener } from '../xml/xml.ts';

/** What a service answered; `undeclared` is a fault that the contract does not have. */
export type DecodedReply =
  | { readonly kind: 'value'; readonly json: Json }
  | { readonly kind: 'fault'; readonly fault: TypedFault }
  | { readonly kind: 'undeclared'; readonly code: string; readonly message: string };

/** Depth of what stands in a detail; the fault itself is 0. */
const detailDepth = 2;

export class FaultReader implements XmlListener {
  readonly #faults: ReadonlyMap<string, FaultMessage>;
  readonly #tree = new XmlTree();
  #depth = 0;
  #inDetail = false;
  #decoder: Decoder | null = null;
  #found: { readonly name: string; readonly message: FaultMessage; readonly decoder: Decoder } | null = null;

  constructor(faults: ReadonlyMap<string, FaultMessage>) {
    this.#faults = faults;
  }

  open(tag: Tag): void {
    const depth = this.#depth;
    this.#depth += 1;
    if (depth === 1) this.#inDetail = tag.local === 'detail' || tag.local === 'Detail';
    if (depth === detailDepth && this.#inDetail && this.#found === null) this.#decoder = this.#declared(tag);
    if (this.#decoder === null) this.#tree.open(tag);
    else inDetail(() => this.#decoder?.open(tag));
  }

  text(piece: string): void {
    if (this.#decoder === null) this.#tree.text(piece);
    else inDetail(() => this.#decoder?.text(piece));
  }

  close(): void {
    this.#depth -= 1;
    if (this.#decoder === null) return this.#tree.close();
    inDetail(() => this.#decoder?.close());
    if (this.#depth === detailDepth) this.#decoder = null;
    return undefined;
  }

  reply(): DecodedReply {
    const message = (this.#part('faultstring') ?? this.#part('Reason', 'Text'))?.text ?? '';
    if (this.#found !== null) {
      const { name, message: codec, decoder } = this.#found;
      return { kind: 'fault', fault: { name, detail: codec.value(decoder.value), message } };
    }
    const code = (this.#part('faultcode') ?? this.#part('Code', 'Value'))?.text.trim() ?? '';
    return { kind: 'undeclared', code, message };
  }

  #declared(tag: Tag): Decoder | null {
    for (const [name, message] of this.#faults) {
      if (message.element === null || !sameName(message.element, tag)) continue;
      const decoder = message.decoder();
      this.#found = { name, message, decoder };
      return decoder;
    }
    return null;
  }

  #part(...path: string[]): XmlElement | undefined {
    let at: XmlElement | undefined = this.#tree.root ?? undefined;
    for (const local of path) at = at?.children.find((child) => child.local === local);
    return at;
  }
}

const inDetail = (act: () => void): void => {
  try {
    act();
  } catch (error) {
    if (error instanceof Misfit) error.steps.unshift('detail');
    throw error;
  }
};
