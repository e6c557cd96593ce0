// Which element of a message stands in the Body: by the binding's soap:body and soap:header, and the message's parts.
import { wsdlMimeNs, wsdlNs, wsdlSoap12Ns, wsdlSoapNs } from '../xml/namespaces.ts';
import { attribute, childrenNamed, qnameAt } from '../xml/xml.ts';
import { expanded } from '../xml/qname.ts';
import type { QName } from '../xml/qname.ts';
import type { Definitions, Part, RpcMember } from './wsdl.ts';
import type { XmlElement } from '../xml/xml.ts';

export interface MessageUse {
  readonly definitions: Definitions;
  readonly style: string;
  readonly operation: string;
  /** `input` or `output` of the port type's operation; null where it has none. */
  readonly message: XmlElement | null;
  /** The same in the binding. */
  readonly bound: XmlElement | null;
}

const nothing: Part = { element: null, isParameters: false, members: null };

/** What stands in an envelope. `problem` says why the message can only be passed through, without the place. */
interface Standing {
  readonly part: Part;
  /** Elements of the header blocks, each once, as far as they are known. */
  readonly headers: readonly QName[];
  readonly problem: string | null;
}

export const messageOf = (use: MessageUse): Standing => {
  const { bound } = use;
  const headers = boundParts(bound).headers.map((header) => headerOf(header, use));
  const names = new Map(headers.flatMap(({ element }) => (element === null ? [] : [[expanded(element), element]])));
  const body = bodyOf(use);
  // Of requests, handlers are told what can be read; of replies we have to write all there is.
  const problem = use.message?.local === 'output' ? headers.find((each) => each.problem !== null)?.problem : null;
  return { part: body.part, headers: [...names.values()], problem: body.problem ?? problem ?? null };
};

interface DeclaredHeader {
  readonly element: QName | null;
  readonly problem: string | null;
}

/** WSDL 1.1 §3.7: a part of any message; of the operation's own where none is named. */
const headerOf = (header: XmlElement, { definitions, message: own }: MessageUse): DeclaredHeader => {
  const named = attribute(header, 'message');
  const at = named === null ? own : header;
  const name = at === null ? null : qnameAt(at, named ?? attribute(at, 'message') ?? '');
  const message = name === null ? null : definitions.get('message', name);
  const wanted = attribute(header, 'part') ?? '';
  const part = childrenNamed(message?.element ?? header, wsdlNs, 'part').find(
    (each) => attribute(each, 'name') === wanted,
  );
  const value = part === undefined ? null : attribute(part, 'element');
  const element = part === undefined || value === null ? null : qnameAt(part, value);
  if (attribute(header, 'use') === 'encoded')
    return { element: null, problem: 'a soap:header in the reply that is encoded' };
  if (part === undefined) return { element, problem: 'a soap:header in the reply, of a part that is not declared' };
  return { element, problem: element === null ? 'a soap:header in the reply that has no element' : null };
};

const bodyOf = (use: MessageUse): { part: Part; problem: string | null } => {
  const { definitions, message, bound, style, operation } = use;
  if (message === null) return { part: nothing, problem: null };
  const name = qnameAt(message, attribute(message, 'message') ?? '');
  const found = name === null ? null : definitions.get('message', name);
  if (name === null || found === null) return { part: nothing, problem: 'a message that is not declared' };
  const { bodies, headers } = boundParts(bound);
  const body = bodies[0] ?? null;
  const isEncoded = body !== null && attribute(body, 'use') === 'encoded';
  const parts = childrenNamed(found.element, wsdlNs, 'part').filter((part) =>
    isInBody(part, body, headers, name.local),
  );
  if (style === 'rpc') {
    const ns = (body === null ? null : attribute(body, 'namespace')) ?? '';
    const local = message.local === 'input' ? operation : `${operation}Response`;
    const members = parts.flatMap((part) => memberOf(part) ?? []);
    const part: Part = { element: { ns, local }, isParameters: true, members };
    if (isEncoded) return { part, problem: 'rpc/encoded' };
    if (members.length < parts.length) return { part, problem: 'rpc/literal with a part that has no type' };
    return { part, problem: null };
  }
  const [only, second] = parts;
  if (only === undefined) return { part: nothing, problem: null };
  const value = attribute(only, 'element');
  const element = value === null ? null : qnameAt(only, value);
  const part: Part = { element, isParameters: attribute(only, 'name') === 'parameters', members: null };
  if (second !== undefined) return { part, problem: 'several parts in one Body' };
  if (element === null) return { part, problem: 'a part with a type and no element, in document style' };
  if (isEncoded) return { part, problem: 'document/encoded' };
  return { part, problem: null };
};

const memberOf = (part: XmlElement): RpcMember | null => {
  const value = attribute(part, 'type');
  const type = value === null ? null : qnameAt(part, value);
  return type === null ? null : { name: attribute(part, 'name') ?? '', type };
};

/** Also where they stand in a multipart. */
const boundParts = (bound: XmlElement | null): { bodies: XmlElement[]; headers: XmlElement[] } => {
  const multiparts = bound === null ? [] : childrenNamed(bound, wsdlMimeNs, 'multipartRelated');
  const parts = multiparts.flatMap((each) => childrenNamed(each, wsdlMimeNs, 'part'));
  const children = [...(bound?.children ?? []), ...parts.flatMap((part) => part.children)];
  const all = (local: string): XmlElement[] =>
    [wsdlSoapNs, wsdlSoap12Ns].flatMap((ns) => children.filter((each) => each.ns === ns && each.local === local));
  return { bodies: all('body'), headers: all('header') };
};

const isInBody = (
  part: XmlElement,
  body: XmlElement | null,
  headers: readonly XmlElement[],
  message: string,
): boolean => {
  const name = attribute(part, 'name') ?? '';
  const listed = body === null ? null : attribute(body, 'parts');
  if (listed !== null) return listed.split(/\s+/).includes(name);
  return !headers.some(
    (header) =>
      attribute(header, 'part') === name && qnameAt(header, attribute(header, 'message') ?? '')?.local === message,
  );
};
