// A dialect read off a reply that the legacy service once sent: its envelope, or better, one of its faults.
import { AdapterError } from '../../errors.ts';
import { wcf, withPrefix } from './dialect.ts';
import { envelopeNs, xmlNs } from './xml/namespaces.ts';
import { xmlText } from './xml/text.ts';
import { attribute, readXml, XmlTree } from './xml/xml.ts';
import type { Dialect, FaultCodes } from './dialect.ts';
import type { SoapVersion } from './xml/namespaces.ts';
import type { Tag, XmlElement } from './xml/xml.ts';

/**
 * What `recorded` shows replaces what `otherwise` says: the envelope's prefix, the XML declaration, and of a fault its
 * code and `xml:lang`. `recorded` is the body of a reply as the service sent it, or the whole reply with its HTTP head
 * (as `curl -i` saves it), which shows the content type too. Throws AdapterError ERR_MALFORMED for what is no envelope.
 */
export const learnedDialect = (recorded: Buffer, otherwise: Dialect = wcf): Dialect => {
  const { type, body } = taken(recorded);
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(type ?? '')?.[1] ?? null;
  const text = xmlText(body, charset);
  const tree = new Rooted();
  readXml(text, tree);
  const version = versionOf(tree.tag);
  const prefix = tree.tag?.prefix ?? '';
  if (version === null || tree.root === null) throw malformed('no SOAP envelope');
  if (prefix === '')
    throw malformed('an envelope without a prefix, which is not imitated; expected one such as s:Envelope');
  const dialect = { ...withPrefix(otherwise, prefix), declaration: /^\s*<\?xml\s/.test(text) };
  const typed = type === null ? dialect : { ...dialect, contentType: { ...dialect.contentType, [version]: type } };
  const fault = child(child(tree.root, 'Body'), 'Fault');
  return fault === null ? typed : withFault(typed, version, fault);
};

class Rooted extends XmlTree {
  tag: Tag | null = null;

  override open(tag: Tag): void {
    this.tag ??= tag;
    super.open(tag);
  }
}

const taken = (recorded: Buffer): { type: string | null; body: Buffer } => {
  if (recorded.toString('latin1', 0, 5) !== 'HTTP/') return { type: null, body: recorded };
  const end = /\r?\n\r?\n/.exec(recorded.toString('latin1', 0, 64 * 1024));
  if (end === null) throw malformed('an HTTP head that does not end');
  const head = recorded.toString('latin1', 0, end.index);
  const body = recorded.subarray(end.index + end[0].length);
  return { type: /^content-type:[ \t]*(.*?)[ \t]*$/im.exec(head)?.[1] ?? null, body };
};

const versionOf = (tag: Tag | null): SoapVersion | null => {
  if (tag?.local !== 'Envelope') return null;
  return (['1.1', '1.2'] as const).find((each) => tag.ns === envelopeNs[each]) ?? null;
};

const withFault = (dialect: Dialect, version: SoapVersion, fault: XmlElement): Dialect => {
  const text = child(fault, 'faultstring') ?? child(child(fault, 'Reason'), 'Text');
  const code = (child(fault, 'faultcode') ?? child(child(fault, 'Code'), 'Value'))?.text.trim() ?? '';
  const detail = child(fault, 'detail') ?? child(fault, 'Detail');
  const known = dialect.faultCodes[version];
  const lang = text === null ? dialect.lang : attribute(text, 'lang', xmlNs);
  const faultCodes = {
    ...dialect.faultCodes,
    [version]: withCode(known, code, { dialect, isTyped: hasChildren(detail) }),
  };
  return { ...dialect, lang, faultCodes };
};

/** Codes in other namespaces than the envelope's would need a declaration: they are not imitated. */
const withCode = (
  known: FaultCodes,
  code: string,
  { dialect, isTyped }: { dialect: Dialect; isTyped: boolean },
): FaultCodes => {
  if (!code.startsWith(`${dialect.envelopePrefix}:`)) return known;
  const local = code.slice(code.indexOf(':') + 1);
  if (isTyped) return { ...known, declared: code };
  if (/^(?:Client|Sender)\b/.test(local)) return { ...known, client: code };
  return /^(?:Server|Receiver)\b/.test(local) ? { ...known, server: code } : known;
};

const hasChildren = (element: XmlElement | null): boolean => element !== null && element.children.length > 0;

const child = (element: XmlElement | null, local: string): XmlElement | null =>
  element?.children.find((each) => each.local === local) ?? null;

const malformed = (message: string): AdapterError => new AdapterError('ERR_MALFORMED', message);
