// What a SOAP call asks, whatever it was spelt like: prefixes, attribute order, white space and the XML declaration are gone.
// The input is read by the contract, so that names in values are what they stand for and not how they are written.
import { AdapterError } from '../errors.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Call, Credential, Meaning } from '../adapter.ts';
import { decodeRequest } from './contract/codec.ts';
import { envelopeNs, wsaNs, wsaSubmissionNs, wsseNs, wsuNs, xsiNs } from './contract/xml/namespaces.ts';
import { attribute, childNamed } from './contract/xml/xml.ts';
import { namespaceOf } from './contract/xml/xml-reader.ts';
import type { SoapOperation } from './contract/contract.ts';
import type { XmlAttribute, XmlElement } from './contract/xml/xml.ts';

/** Header blocks that differ from call to call and change no answer, by `{namespace}name`. */
const passing = new Set([
  `{${wsaNs}}MessageID`,
  `{${wsaSubmissionNs}}MessageID`,
  '{http://schemas.microsoft.com/2004/09/ServiceModel/Diagnostics}ActivityId',
]);

/**
 * What `bytes`, the whole body of a call, asks of the operation; null where it cannot be told: another media type, a message that
 * does not fit the contract, a header that only its service understands. `volatile`: local names of further blocks that change no
 * answer.
 */
export const meaningOf = (
  operation: SoapOperation,
  volatile: ReadonlySet<string>,
  call: Pick<Call, 'header'>,
  bytes: Buffer,
): Meaning | null => {
  const request = requestIn(operation, call, bytes);
  if (request === null) return null;
  const { version, input, headers } = request;
  const telling = headers.filter((block) => !isVolatile(block, volatile));
  if (telling.some(isMixed)) return null;
  const blocks = [...telling.map(clark), ...headers.filter(isStamp).map(timeless)];
  return {
    text: `${canonicalJson(input)}\n${blocks.join('\n')}`,
    form: version === '1.1' ? 'soap11' : 'soap12',
    input,
    messageId: request.wsa?.messageId ?? null,
    credentials: headers.filter((block) => isSecurity(block) && !isStamp(block)).map(credentialIn),
  };
};

const requestIn = (operation: SoapOperation, call: Pick<Call, 'header'>, bytes: Buffer) => {
  try {
    return decodeRequest(operation, bytes, call.header('content-type') ?? '', { security: true });
  } catch (error) {
    // Whoever answers it says what is wrong with it.
    if (error instanceof AdapterError) return null;
    throw error;
  }
};

const isSecurity = ({ ns, local }: XmlElement): boolean => ns === wsseNs && local === 'Security';

/** It says when, and not who. */
const isStamp = (block: XmlElement): boolean =>
  isSecurity(block) && block.children.length === 1 && childNamed(block, wsuNs, 'Timestamp') !== null;

const isVolatile = (block: XmlElement, volatile: ReadonlySet<string>): boolean =>
  isSecurity(block) || passing.has(`{${block.ns}}${block.local}`) || volatile.has(block.local);

/**
 * A password as text can be compared with that of another call; a digest or a signature is good for one call. What stands beside it, such
 * as a SAML assertion, may say that somebody else calls.
 */
const credentialIn = (security: XmlElement): Credential => {
  const token = childNamed(security, wsseNs, 'UsernameToken');
  const user = token === null ? null : (childNamed(token, wsseNs, 'Username')?.text ?? null);
  if (token === null || user === null || !isOnly(security, besideToken) || !isOnly(token, inToken))
    return { from: 'ws-security', user, proof: null };
  const password = childNamed(token, wsseNs, 'Password');
  const isText = (password === null ? '' : (attribute(password, 'Type') ?? '#PasswordText')).endsWith('#PasswordText');
  return { from: 'ws-security', user, proof: isText ? JSON.stringify([user, password?.text]) : null };
};

/** By `{namespace}name`; each once. */
const besideToken = new Set([`{${wsseNs}}UsernameToken`, `{${wsuNs}}Timestamp`]);
const inToken = new Set([`{${wsseNs}}Username`, `{${wsseNs}}Password`, `{${wsseNs}}Nonce`, `{${wsuNs}}Created`]);

const isOnly = ({ children }: XmlElement, known: ReadonlySet<string>): boolean => {
  const names = children.map(({ ns, local }) => `{${ns}}${local}`);
  return names.every((name, at) => known.has(name) && names.indexOf(name) === at);
};

/** Text between children is kept without its place: such blocks cannot be compared. */
const isMixed = ({ children, text }: XmlElement): boolean =>
  children.length > 0 && (text.trim() !== '' || children.some(isMixed));

/** An element with its names in full. Text between children is layout; a value that looks like a name keeps what its prefix means. */
const clark = (element: XmlElement): string => {
  const { ns, local, children, text } = element;
  const content = children.length > 0 ? children.map(clark).join('') : valueText(element, text);
  const attributes = element.attributes.filter(isTelling).map((each) => attributeText(element, each));
  return `<${JSON.stringify([ns, local, ...attributes.toSorted()])}${content}>`;
};

/** That there is a stamp, and for whom: a service may want one. */
const timeless = (stamp: XmlElement): string => clark({ ...stamp, children: [], text: '' });

/** Ids are for signatures. */
const isTelling = ({ ns, local }: XmlAttribute): boolean => !(local === 'Id' && ns.endsWith('utility-1.0.xsd'));

const attributeText = (element: XmlElement, { ns, local, value }: XmlAttribute): string => {
  const isFlag = ns === envelopeNs['1.1'] || ns === envelopeNs['1.2'];
  // Surely a name, and without a prefix one of the default namespace.
  if (ns === xsiNs && local === 'type' && !value.includes(':'))
    return JSON.stringify([ns, local, value, namespaceOf(element.scope, '')]);
  return JSON.stringify([ns, local, isFlag ? (flags.get(value.trim()) ?? value) : valueText(element, value)]);
};

const flags: ReadonlyMap<string, string> = new Map([
  ['true', '1'],
  ['false', '0'],
]);

const prefixLike = /([\p{L}_][\p{L}\p{N}\p{M}._·-]*):/gu;

/** Nobody says whether `a:b` is a name or a text: it counts as both, so that no two calls become one that are not. */
const valueText = (element: XmlElement, value: string): string => {
  if (!value.includes(':')) return JSON.stringify(value);
  const bound = [...value.matchAll(prefixLike)].map(([, prefix = '']) => namespaceOf(element.scope, prefix));
  return JSON.stringify([value, ...bound]);
};
