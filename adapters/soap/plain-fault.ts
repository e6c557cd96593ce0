// A fault that the contract does not declare, read for those who speak no SOAP: whose blame, which status.
import type { PlainFault } from '../adapter.ts';
import { readEnvelopeInSlices } from './contract/envelope.ts';
import { envelopeNs } from './contract/xml/namespaces.ts';
import { expanded } from './contract/xml/qname.ts';
import { qnameAt, XmlTree, type XmlElement } from './contract/xml/xml.ts';

/** Codes by which a service says that it did not accept who calls. */
const refusals =
  /^(?:Client\.Authentication|FailedAuthentication|InvalidSecurityToken|InvalidSecurity|FailedCheck|FailedAuthentication)$/;
/** Codes that blame the sender, where the sender is the gateway itself. */
const ours = /^(?:MustUnderstand|VersionMismatch|DataEncodingUnknown|ActionNotSupported|ActionMismatch)$/;
const wsaLike = /\/addressing(?:\/|$)/;

/** `bytes` is an envelope that has been read once already. */
export const plainFault = async (bytes: Buffer, contentType: string, message: string): Promise<PlainFault> => {
  const fault = new XmlTree();
  await readEnvelopeInSlices(bytes, contentType, { payload: () => fault });
  const codes = fault.root === null ? [] : codesOf(fault.root);
  return { codes: codes.map(({ text }) => text), message: message.trim(), ...judged(codes) };
};

interface Code {
  readonly ns: string;
  readonly local: string;
  /** Expanded, or as it stands where its prefix is not declared. */
  readonly text: string;
}

const codesOf = (fault: XmlElement): Code[] => {
  const codes: Code[] = [];
  const direct = child(fault, 'faultcode');
  if (direct !== null) return [codeAt(direct)];
  for (let at = child(fault, 'Code'); at !== null; at = child(at, 'Subcode')) {
    const value = child(at, 'Value');
    if (value !== null) codes.push(codeAt(value));
  }
  return codes;
};

const child = (element: XmlElement, local: string): XmlElement | null =>
  element.children.find((each) => each.local === local) ?? null;

const codeAt = (element: XmlElement): Code => {
  const name = qnameAt(element, element.text);
  if (name === null) return { ns: '', local: element.text.trim().replace(/^.*:/, ''), text: element.text.trim() };
  return { ...name, text: name.ns === '' ? name.local : expanded(name) };
};

const judged = (codes: readonly Code[]): Pick<PlainFault, 'blame' | 'status'> => {
  if (codes.some(({ local }) => refusals.test(local))) return { blame: 'destination', status: 502 };
  if (codes.some(({ ns, local }) => ours.test(local) || wsaLike.test(ns))) return { blame: 'destination', status: 502 };
  const [first] = codes;
  const isClient = first !== undefined && /^(?:Client|Sender)(?:\.|$)/.test(first.local) && isEnvelope(first.ns);
  return isClient ? { blame: 'client', status: 400 } : { blame: 'destination', status: 502 };
};

const isEnvelope = (ns: string): boolean => ns === '' || ns === envelopeNs['1.1'] || ns === envelopeNs['1.2'];
