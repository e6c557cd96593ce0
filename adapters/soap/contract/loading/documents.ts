// The documents a contract consists of, from the one that is named: imports and includes followed, each read once.
import { AdapterError } from '../../../errors.ts';
import { contractHash } from './contract-hash.ts';
import { soapEncodingNs, wsdlNs, wsdl2Ns, xmlNs, xsdNs, xsiNs } from '../xml/namespaces.ts';
import { sourceOf } from './source.ts';
import { xmlText } from '../xml/text.ts';
import { attribute, childrenNamed, parseXml } from '../xml/xml.ts';
import type { Source, SourceOptions } from './source.ts';
import type { XmlElement } from '../xml/xml.ts';

export interface WsdlDocument {
  /** For people: relative to the contract's folder, or a URL. */
  readonly file: string;
  readonly root: XmlElement;
  readonly namespace: string;
}

export interface SchemaDocument {
  readonly file: string;
  readonly root: XmlElement;
  /** Target namespace; that of the including schema where it has none of its own. */
  readonly namespace: string;
  /** Took its namespace from the schema that includes it: names without a prefix are in it. */
  readonly chameleon: boolean;
}

/** One document as it was read. */
export interface LoadedDocument {
  /** An absolute path, or a URL. */
  readonly address: string;
  /** For people. */
  readonly file: string;
  readonly text: string;
  readonly root: XmlElement;
  /** What its `location` and `schemaLocation` attributes refer to: address by value, of those that were followed. */
  readonly locations: ReadonlyMap<string, string>;
}

export interface Documents {
  readonly wsdls: readonly WsdlDocument[];
  readonly schemas: readonly SchemaDocument[];
  /** All that was read, the first document first. */
  readonly loaded: readonly LoadedDocument[];
  /** As `contractHash` makes it. */
  readonly hash: string;
}

const mostDocuments = 500;
const mostSchemas = 2_000;
const mostBytes = 64 * 1024 * 1024;
const deepestXml = 256;

/** Namespaces whose documents say nothing that is not known here: their imports are not followed. */
const known = new Set([xmlNs, xsdNs, xsiNs, wsdlNs, ...soapEncodingNs]);

interface Wanted {
  readonly address: string;
  /** Namespace for an included schema that has none. */
  readonly namespace: string | null;
  /** The document that refers to it; null for the first. */
  readonly from: string | null;
}

/**
 * Reads a contract's documents, from a path or an http(s) URL. Throws AdapterError: ERR_CONTRACT for a document that is
 * missing, may not be read (`SourceOptions`) or is of the wrong kind; ERR_TOO_LARGE over a limit (500 documents, 2 000
 * schemas, 16 MiB each, 64 MiB in all with each use counted); ERR_MALFORMED and ERR_REFUSED as `parseXml` does;
 * ERR_CONNECT, ERR_TIMEOUT and ERR_STATUS from the network.
 */
export const readDocuments = async (entry: string, options?: SourceOptions): Promise<Documents> => {
  const source = sourceOf(entry, options);
  const reading = new Reading(source);
  await reading.all();
  const { wsdls, schemas } = reading;
  return { wsdls, schemas, loaded: [...reading.loaded.values()], hash: contractHash(wsdls, schemas) };
};

type Loading = LoadedDocument & { readonly locations: Map<string, string> };

class Reading {
  readonly wsdls: WsdlDocument[] = [];
  readonly schemas: SchemaDocument[] = [];
  readonly loaded = new Map<string, Loading>();
  readonly #source: Source;
  readonly #seen = new Set<string>();
  readonly #queue: Wanted[];
  #bytes = 0;

  constructor(source: Source) {
    this.#source = source;
    this.#queue = [{ address: source.entry, namespace: null, from: null }];
  }

  async all(): Promise<void> {
    for (let wanted = this.#queue.shift(); wanted !== undefined; wanted = this.#queue.shift()) {
      const { address, namespace } = wanted;
      const key = `${address}\n${namespace ?? ''}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      const document = this.loaded.get(address) ?? (await this.#read(wanted));
      await this.#take(document, namespace);
    }
  }

  /** By its root: some services import schemas with wsdl:import, or WSDLs with xsd:import. */
  async #take(document: Loading, namespace: string | null): Promise<void> {
    const { root, file } = document;
    // Each use of a document costs its size again: a small one may be included under many namespaces.
    this.#bytes += document.text.length;
    if (this.#bytes > mostBytes) throw tooLarge(this.#source, `a contract of over ${mostBytes} bytes`);
    if (root.ns === xsdNs && root.local === 'schema') {
      if (document.address === this.#source.entry) throw wrongRoot(document);
      return this.#addSchema(root, document, namespace);
    }
    if (root.ns !== wsdlNs || root.local !== 'definitions') throw wrongRoot(document);
    const types = childrenNamed(root, wsdlNs, 'types').flatMap((each) => childrenNamed(each, xsdNs, 'schema'));
    if (!this.wsdls.some((each) => each.root === root)) {
      this.wsdls.push({ file, root, namespace: attribute(root, 'targetNamespace') ?? '' });
      for (const child of childrenNamed(root, wsdlNs, 'import')) await this.#follow(child, document, null);
      for (const schema of types) await this.#addSchema(schema, document, null);
    }
    return undefined;
  }

  async #addSchema(root: XmlElement, document: Loading, including: string | null): Promise<void> {
    const own = attribute(root, 'targetNamespace');
    const namespace = own ?? including ?? '';
    this.schemas.push({ file: document.file, root, namespace, chameleon: own === null && including !== null });
    if (this.schemas.length > mostSchemas) throw tooLarge(this.#source, `a contract of over ${mostSchemas} schemas`);
    for (const child of root.children) {
      if (child.ns !== xsdNs) continue;
      if (child.local === 'import') await this.#follow(child, document, null);
      if (takesIn.has(child.local)) await this.#follow(child, document, namespace);
    }
  }

  async #follow(element: XmlElement, from: Loading, namespace: string | null): Promise<void> {
    const location = attribute(element, element.ns === wsdlNs ? 'location' : 'schemaLocation')?.trim() ?? '';
    if (location === '' || (element.local === 'import' && known.has(attribute(element, 'namespace') ?? ''))) return;
    const address = await this.#source.locate(location, from.address);
    from.locations.set(location, address);
    this.#queue.push({ address, namespace, from: from.file });
  }

  async #read({ address, from }: Wanted): Promise<Loading> {
    if (this.loaded.size >= mostDocuments)
      throw tooLarge(this.#source, `a contract of over ${mostDocuments} documents`);
    const { bytes, charset } = await this.#source.read(address, from);
    const file = this.#source.shown(address);
    try {
      const text = xmlText(bytes, charset);
      const root = parseXml(text, { depth: deepestXml, lines: true });
      const document: Loading = { address, file, text, root, locations: new Map() };
      this.loaded.set(address, document);
      return document;
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      throw new AdapterError(error.code, `${file}: ${error.message}`, { cause: error });
    }
  }
}

const takesIn = new Set(['include', 'redefine', 'override']);

const tooLarge = (source: Source, what: string): AdapterError =>
  new AdapterError('ERR_TOO_LARGE', `${source.shown(source.entry)}: ${what}`);

const wrongRoot = ({ file, root }: LoadedDocument): AdapterError => {
  const found = `its root is {${root.ns}}${root.local}`;
  return new AdapterError(
    'ERR_CONTRACT',
    root.ns === wsdl2Ns
      ? `${file}: a WSDL 2.0 document; expected WSDL 1.1, which its service may offer too`
      : `${file}: ${found}; expected {${wsdlNs}}definitions`,
  );
};
