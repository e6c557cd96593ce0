// The envelope around a message, read whole: version, header blocks, and what stands in the Body.
import { AdapterError } from '../../errors.ts';
import { envelopeNs } from './namespaces.ts';
import { xmlText } from './text.ts';
import { parseXml } from './xml.ts';
import type { SoapVersion } from './namespaces.ts';
import type { XmlElement } from './xml.ts';

export interface Envelope {
  readonly version: SoapVersion;
  readonly headers: readonly XmlElement[];
  /** First and only child of Body; null where it has none. */
  readonly payload: XmlElement | null;
}

const versionOf: ReadonlyMap<string, SoapVersion> = new Map([
  ['text/xml', '1.1'],
  ['application/soap+xml', '1.2'],
]);

/** Throws AdapterError: ERR_MALFORMED for what is no envelope or disagrees with its content type, else as `parseXml`. */
export const readEnvelope = (bytes: Buffer, contentType: string): Envelope => {
  const media = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const promised = versionOf.get(media);
  if (promised === undefined)
    throw malformed(`the content type "${media.slice(0, 60)}"; expected text/xml or application/soap+xml`);
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1] ?? null;
  const root = parseXml(xmlText(bytes, charset));
  const version =
    root.local !== 'Envelope'
      ? null
      : root.ns === envelopeNs['1.1']
        ? '1.1'
        : root.ns === envelopeNs['1.2']
          ? '1.2'
          : null;
  if (version === null) throw malformed(`the root {${root.ns}}${root.local}; expected a SOAP envelope`);
  if (version !== promised) throw malformed(`an envelope of SOAP ${version} with the content type of ${promised}`);
  return { version, ...partsOf(root) };
};

const partsOf = (root: XmlElement): Pick<Envelope, 'headers' | 'payload'> => {
  const [first, second, third] = root.children;
  const header = first !== undefined && isEnvelopes(first, root, 'Header') ? first : null;
  const body = header === null ? first : second;
  const extra = header === null ? second : third;
  if (body === undefined || !isEnvelopes(body, root, 'Body')) throw malformed('no Body; expected one after the Header');
  if (extra !== undefined) throw malformed(`the element ${extra.local} after the Body`);
  if (body.children.length > 1) throw malformed(`${body.children.length} elements in the Body; expected one`);
  if ([root, body, ...(header === null ? [] : [header])].some((each) => each.text.trim() !== '')) {
    throw malformed('text between the elements of the envelope');
  }
  return { headers: header?.children ?? [], payload: body.children[0] ?? null };
};

const isEnvelopes = (element: XmlElement, root: XmlElement, local: string): boolean =>
  element.local === local && element.ns === root.ns;

const malformed = (message: string): AdapterError => new AdapterError('ERR_MALFORMED', message);
