// WS-Policy in a WSDL: what a binding asks of its messages that JSON cannot give, such as a sequence of reliable messages.
import { wspNs, wsuNs, xmlNs } from '../xml/namespaces.ts';
import { attribute, isTrue } from '../xml/xml.ts';
import type { WsdlDocument } from './documents.ts';
import type { XmlElement } from '../xml/xml.ts';

/** Assertions by local name, with the vocabularies they belong to and what to call them. */
const assertions: Readonly<Record<string, { readonly in: RegExp; readonly is: string }>> = {
  RMAssertion: { in: /\/(2005\/02\/rm\/policy|ws-rx\/wsrmp\/\d+)$/, is: 'WS-ReliableMessaging' },
  OptimizedMimeSerialization: { in: /\/optimizedmimeserialization$/, is: 'MTOM' },
  MTOM: { in: /\/soap-mtom$/, is: 'MTOM' },
  ATAssertion: { in: /\/(wsat|ws-tx\/wsat\/\d\d\d\d\/\d\d)$/, is: 'WS-AtomicTransaction' },
  BinaryEncoding: { in: /\/netbinary1$/, is: '.NET binary encoding' },
  CompositeDuplex: { in: /\/duplex$/, is: 'a duplex binding: the service calls the client' },
  SecureConversationToken: { in: /securitypolicy/, is: 'WS-SecureConversation' },
  SymmetricBinding: { in: /securitypolicy/, is: 'WS-Security signatures or encryption' },
  AsymmetricBinding: { in: /securitypolicy/, is: 'WS-Security signatures or encryption' },
};

const deepest = 64;

/** Policies of a contract, and what they rule out. */
export class Policies {
  readonly #byId = new Map<string, XmlElement>();

  constructor(documents: readonly WsdlDocument[]) {
    for (const { root } of documents) this.#collect(root);
  }

  /** Why messages of these elements (binding, operation, input, …) cannot be translated; null where they can. */
  problemOf(elements: readonly (XmlElement | null)[]): string | null {
    for (const element of elements) {
      for (const policy of element === null ? [] : this.#attached(element)) {
        const problem = this.#against(policy, 0);
        if (problem !== null) return problem;
      }
    }
    return null;
  }

  /** Does one of these policies assert it, whichever alternative is taken? */
  asks(elements: readonly (XmlElement | null)[], what: (assertion: XmlElement) => boolean): boolean {
    return elements.some(
      (element) => element !== null && this.#attached(element).some((policy) => this.#asserts(policy, what, 0)),
    );
  }

  #asserts(element: XmlElement, what: (assertion: XmlElement) => boolean, depth: number): boolean {
    if (depth > deepest || wspNs.some((ns) => isTrue(attribute(element, 'Optional', ns)))) return false;
    if (isPolicy(element, 'PolicyReference')) {
      const policy = this.#referred(attribute(element, 'URI') ?? '');
      return policy !== null && this.#asserts(policy, what, depth + 1);
    }
    if (what(element)) return true;
    const asserted = element.children.map((child) => this.#asserts(child, what, depth + 1));
    return isPolicy(element, 'ExactlyOne') ? asserted.length > 0 && !asserted.includes(false) : asserted.includes(true);
  }

  #collect(element: XmlElement): void {
    const id = isPolicy(element, 'Policy')
      ? (attribute(element, 'Id', wsuNs) ?? attribute(element, 'id', xmlNs))
      : null;
    if (id !== null) this.#byId.set(id, element);
    for (const child of element.children) this.#collect(child);
  }

  #attached(element: XmlElement): XmlElement[] {
    const listed = wspNs.map((ns) => attribute(element, 'PolicyURIs', ns) ?? '').join(' ');
    const named = listed.split(/\s+/).map((uri) => this.#referred(uri));
    const within = element.children.filter((child) => isPolicy(child, 'Policy') || isPolicy(child, 'PolicyReference'));
    return [...named.filter((policy) => policy !== null), ...within];
  }

  #referred(uri: string): XmlElement | null {
    return this.#byId.get(uri.trim().replace(/^#/, '')) ?? null;
  }

  /** All of a policy has to hold, but of `ExactlyOne` only one alternative. */
  #against(element: XmlElement, depth: number): string | null {
    if (depth > deepest) return 'a policy that refers to itself';
    if (wspNs.some((ns) => isTrue(attribute(element, 'Optional', ns)))) return null;
    if (isPolicy(element, 'PolicyReference')) {
      const policy = this.#referred(attribute(element, 'URI') ?? '');
      return policy === null ? null : this.#against(policy, depth + 1);
    }
    const known = Object.hasOwn(assertions, element.local) ? assertions[element.local] : undefined;
    if (known?.in.test(element.ns) === true) return known.is;
    const problems = element.children.map((child) => this.#against(child, depth + 1));
    if (isPolicy(element, 'ExactlyOne') && problems.includes(null)) return null;
    return problems.find((problem) => problem !== null) ?? null;
  }
}

const isPolicy = (element: XmlElement, local: string): boolean => element.local === local && wspNs.includes(element.ns);
