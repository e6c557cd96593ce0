// The envelope around a message, read in one pass: version, header blocks, and whoever reads what stands in the Body.
import { AdapterError } from '../../errors.ts';
import { inTurns } from '../../turns.ts';
import { envelopeNs } from './xml/namespaces.ts';
import { xmlText } from './xml/text.ts';
import { XmlReader } from './xml/xml-reader.ts';
import { XmlTree } from './xml/xml.ts';
import type { SoapVersion } from './xml/namespaces.ts';
import type { Tag, XmlElement, XmlListener } from './xml/xml.ts';

export interface Envelope {
  readonly version: SoapVersion;
  readonly headers: readonly XmlElement[];
}

/** Says who reads the first and only child of the Body, by its start tag. May throw. */
export type Payload = (tag: Tag, version: SoapVersion) => XmlListener;

const versionOf: ReadonlyMap<string, SoapVersion> = new Map([
  ['text/xml', '1.1'],
  ['application/soap+xml', '1.2'],
]);

/** Who keeps a header block, by its start tag. */
export type Header = (tag: Tag, version: SoapVersion) => XmlTree;

/** Whoever reads what an envelope has. */
export interface Readers {
  readonly payload: Payload;
  /** Absent: blocks are kept as they are. */
  readonly header?: Header | undefined;
}

/** Characters that are read at a time. */
const slice = 16 * 1024;

/** Throws AdapterError: ERR_MALFORMED for what is no envelope or disagrees with its content type, else as XmlReader. */
export const readEnvelope = (bytes: Buffer, contentType: string, readers: Readers): Envelope => {
  const { listener, reader } = begun(bytes, contentType, readers);
  while (reader.read(Infinity));
  return listener.envelope();
};

/** The same in slices, between which the event loop goes round. */
export const readEnvelopeInSlices = async (bytes: Buffer, contentType: string, readers: Readers): Promise<Envelope> => {
  const { listener, reader } = begun(bytes, contentType, readers);
  await inTurns(() => reader.read(slice));
  return listener.envelope();
};

const begun = (bytes: Buffer, contentType: string, readers: Readers) => {
  const media = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const promised = versionOf.get(media);
  if (promised === undefined)
    throw malformed(`the content type "${media.slice(0, 60)}"; expected text/xml or application/soap+xml`);
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1] ?? null;
  const listener = new EnvelopeListener(promised, readers);
  return { listener, reader: new XmlReader(xmlText(bytes, charset), listener) };
};

class EnvelopeListener implements XmlListener {
  readonly #promised: SoapVersion;
  readonly #payload: Payload;
  readonly #header: Header | undefined;
  readonly #headers: XmlElement[] = [];
  #part: 'none' | 'header' | 'body' = 'none';
  #sawBody = false;
  #isFull = false;
  #depth = 0;
  #inner: XmlListener | null = null;

  constructor(promised: SoapVersion, { payload, header }: Readers) {
    this.#promised = promised;
    this.#payload = payload;
    this.#header = header;
  }

  envelope(): Envelope {
    if (!this.#sawBody) throw malformed('no Body; expected one after the Header');
    return { version: this.#promised, headers: this.#headers };
  }

  open(tag: Tag): void {
    const depth = this.#depth;
    this.#depth += 1;
    if (this.#inner !== null) return this.#inner.open(tag);
    if (depth === 0) return checkRoot(tag, this.#promised);
    if (depth === 1) return this.#openPart(tag);
    if (this.#part === 'header') this.#inner = this.#header?.(tag, this.#promised) ?? new XmlTree();
    else {
      if (this.#isFull) throw malformed(`the element ${tag.local} beside another in the Body; expected one`);
      this.#isFull = true;
      this.#inner = this.#payload(tag, this.#promised);
    }
    return this.#inner.open(tag);
  }

  text(piece: string): void {
    if (this.#inner !== null) this.#inner.text(piece);
    else if (piece.trim() !== '') throw malformed('text between the elements of the envelope');
  }

  close(): void {
    this.#depth -= 1;
    if (this.#inner === null) return;
    this.#inner.close();
    if (this.#depth > 2) return;
    if (this.#inner instanceof XmlTree && this.#part === 'header' && this.#inner.root !== null) {
      this.#headers.push(this.#inner.root);
    }
    this.#inner = null;
  }

  #openPart(tag: Tag): void {
    const isOurs = tag.ns === envelopeNs[this.#promised];
    if (this.#sawBody) throw malformed(`the element ${tag.local} after the Body`);
    if (isOurs && tag.local === 'Header' && this.#part === 'none') this.#part = 'header';
    else if (isOurs && tag.local === 'Body') {
      this.#part = 'body';
      this.#sawBody = true;
    } else throw malformed('no Body; expected one after the Header');
  }
}

const checkRoot = (root: Tag, promised: SoapVersion): void => {
  const isEnvelope = root.local === 'Envelope';
  const version = (['1.1', '1.2'] as const).find((each) => isEnvelope && root.ns === envelopeNs[each]);
  if (version === undefined) throw malformed(`the root {${root.ns}}${root.local}; expected a SOAP envelope`);
  if (version !== promised) throw malformed(`an envelope of SOAP ${version} with the content type of ${promised}`);
};

const malformed = (message: string): AdapterError => new AdapterError('ERR_MALFORMED', message);
