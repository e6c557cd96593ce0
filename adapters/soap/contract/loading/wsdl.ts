// WSDL 1.1 to operations: SOAP bindings, port types and messages put together. What an operation's messages mean, the
// schema knows; here is only which elements they are, and whether that can be told.
import { msContractNs, wsdlMimeNs, wsdlNs, wsdlSoap12Ns, wsdlSoapNs, wsawNs } from '../xml/namespaces.ts';
import { messageOf } from './body-part.ts';
import { Policies } from './policies.ts';
import { expanded } from '../xml/qname.ts';
import { portsOf } from './services.ts';
import { placeOf } from '../schema/unsupported.ts';
import { attribute, childNamed, childrenNamed, isTrue, qnameAt } from '../xml/xml.ts';
import type { WsdlDocument } from './documents.ts';
import type { QName } from '../xml/qname.ts';
import type { XmlElement } from '../xml/xml.ts';

export interface WsdlOperation {
  readonly name: string;
  readonly portType: QName;
  readonly oneWay: boolean;
  readonly input: Part;
  readonly output: Part;
  /** Elements of the header blocks that requests and replies carry. */
  readonly headers: { readonly input: readonly QName[]; readonly output: readonly QName[] };
  readonly faults: readonly WsdlFault[];
  /** soapAction of every binding and the addressing action of the input, as written; none empty. */
  readonly actions: readonly string[];
  /** wsa:Action of the reply, as declared or by the default pattern. */
  readonly replyAction: string;
  /** Why it can only be passed through, as far as the WSDL shows. */
  readonly problem: string | null;
  /** The same, for what every binding's policy or transport asks; null where one asks for nothing of that kind. */
  readonly demand: string | null;
}

/** What stands in a Body. `element` null: nothing does. */
export interface Part {
  readonly element: QName | null;
  /** The part is named `parameters`, as .NET names the wrapper of a method's arguments. */
  readonly isParameters: boolean;
  /** Parts of an rpc/literal message; null for every other. */
  readonly members: readonly RpcMember[] | null;
}

export interface RpcMember {
  readonly name: string;
  readonly type: QName;
}

export interface WsdlFault {
  readonly name: string;
  readonly element: QName | null;
  readonly action: string;
}

interface Found {
  readonly element: XmlElement;
  readonly document: WsdlDocument;
}

/** Declarations of all documents, by kind and expanded name. */
export class Definitions {
  readonly #found = new Map<string, Found>();
  readonly bindings: readonly Found[];

  constructor(documents: readonly WsdlDocument[]) {
    const bindings: Found[] = [];
    for (const document of documents) {
      for (const element of document.root.children) {
        const local = attribute(element, 'name');
        if (element.ns !== wsdlNs || local === null) continue;
        const found: Found = { element, document };
        if (element.local === 'binding') bindings.push(found);
        this.#found.set(`${element.local} ${expanded({ ns: document.namespace, local })}`, found);
      }
    }
    this.bindings = bindings;
  }

  get(kind: 'message' | 'portType', name: QName): Found | null {
    return this.#found.get(`${kind} ${expanded(name)}`) ?? null;
  }
}

/**
 * Every operation of every SOAP binding, once per port type, and once where several port types mean the same by it.
 * Never throws for what a WSDL says.
 */
export const operationsOf = (documents: readonly WsdlDocument[]): WsdlOperation[] => {
  const definitions = new Definitions(documents);
  const demands = demandsOf(documents);
  const operations = new Map<string, WsdlOperation>();
  for (const binding of definitions.bindings) {
    const soap = soapChild(binding.element, 'binding');
    const portTypeName = qnameAt(binding.element, attribute(binding.element, 'type') ?? '');
    if (soap === null || portTypeName === null) continue;
    const portType = definitions.get('portType', portTypeName);
    if (portType === null) continue;
    const style = attribute(soap, 'style') ?? 'document';
    for (const bound of childrenNamed(binding.element, wsdlNs, 'operation')) {
      const place = { portType, portTypeName, bound, style, binding };
      const operation = operationOf(definitions, { ...place, demand: demands(place) });
      if (operation === null) continue;
      const key = meaningOf(operation);
      const known = operations.get(key);
      operations.set(key, known === undefined ? operation : merged(known, operation));
    }
  }
  return [...operations.values()];
};

/** Equal for operations that nobody has to tell apart: those of two bindings, SOAP 1.1 and 1.2, say. */
const meaningOf = ({ name, oneWay, input, output, faults, replyAction }: WsdlOperation): string => {
  const elements = [input, output, ...faults].map((each) => (each.element === null ? '' : expanded(each.element)));
  // Elements of rpc messages are declared nowhere: their parts say what they are.
  return JSON.stringify([name, oneWay, replyAction, ...elements, input.members, output.members]);
};

/**
 * A shape that one binding has may arrive by any. What a policy asks shows in each call, so that the calls of a binding
 * that asks for nothing can be told and translated.
 */
const merged = (one: WsdlOperation, other: WsdlOperation): WsdlOperation => ({
  ...one,
  actions: [...new Set([...one.actions, ...other.actions])],
  headers: { input: namesIn(one.headers.input, other.headers.input), output: one.headers.output },
  problem: one.problem ?? other.problem ?? differentHeaders(one, other),
  demand: one.demand === null || other.demand === null ? null : one.demand,
});

const namesIn = (...lists: readonly (readonly QName[])[]): QName[] => [
  ...new Map(lists.flat().map((name) => [expanded(name), name])).values(),
];

const differentHeaders = ({ name, headers }: WsdlOperation, other: WsdlOperation): string | null => {
  const told = [headers.output, other.headers.output].map((names) => names.map(expanded).toSorted().join(' '));
  return told[0] === told[1] ? null : `a soap:header in the reply that not every binding has (operation ${name})`;
};

interface Bound {
  readonly portType: Found;
  readonly portTypeName: QName;
  readonly bound: XmlElement;
  readonly binding: Found;
  readonly style: string;
}

/** What a binding asks beyond its messages' shape, with the place: a policy, a transport, a session. */
const demandsOf = (documents: readonly WsdlDocument[]): ((at: Bound) => string | null) => {
  const policies = new Policies(documents);
  const ports = Map.groupBy(portsOf(documents), (port) => port.binding);
  return ({ portType, bound, binding }) => {
    const name = { ns: binding.document.namespace, local: attribute(binding.element, 'name') ?? '' };
    const messages = [childNamed(bound, wsdlNs, 'input'), childNamed(bound, wsdlNs, 'output')];
    const attached = (ports.get(expanded(name)) ?? []).map((port) => port.element);
    const demand =
      transportProblem(binding.element) ??
      policies.problemOf([binding.element, bound, ...messages, ...attached, portType.element]) ??
      (isTrue(attribute(portType.element, 'usingSession', msContractNs)) ? 'a WCF session (usingSession)' : null);
    return demand === null
      ? null
      : `${demand} (${placeOf(binding.element, binding.document.file, `binding ${name.local}`)})`;
  };
};

const httpTransports = new Set([
  'http://schemas.xmlsoap.org/soap/http',
  'http://www.w3.org/2003/05/soap/bindings/HTTP/',
]);

const transportProblem = (binding: XmlElement): string | null => {
  const soap = soapChild(binding, 'binding');
  const transport = (soap === null ? null : attribute(soap, 'transport'))?.trim() ?? '';
  return transport === '' || httpTransports.has(transport.replace(/\/$/, '')) || httpTransports.has(transport)
    ? null
    : `the transport ${transport}`;
};

const operationOf = (
  definitions: Definitions,
  at: Bound & { readonly demand: string | null },
): WsdlOperation | null => {
  const { portType, portTypeName, bound, binding } = at;
  const name = attribute(bound, 'name') ?? '';
  const abstract = abstractOf(portType.element, bound, name);
  if (abstract === null) return null;
  const problems: string[] = [];
  const note = (problem: string | null): void => {
    if (problem !== null) problems.push(`${problem} (${placeOf(bound, binding.document.file, `operation ${name}`)})`);
  };
  const soap = soapChild(bound, 'operation');
  const style = (soap === null ? null : attribute(soap, 'style')) ?? at.style;
  const input = childNamed(abstract, wsdlNs, 'input');
  const output = childNamed(abstract, wsdlNs, 'output');
  if (input === null) note('no input: the service calls the client');
  else if (output !== null && abstract.children.indexOf(output) < abstract.children.indexOf(input)) {
    note('the output before the input: the service calls the client');
  }
  note(attachmentProblem(bound));
  const read = (direction: 'input' | 'output', message: XmlElement | null): ReturnType<typeof messageOf> => {
    const of = { definitions, style, operation: name, message, bound: childNamed(bound, wsdlNs, direction) };
    const found = messageOf(of);
    note(found.problem);
    return found;
  };
  const base = `${portTypeName.ns}${portTypeName.ns.endsWith('/') ? '' : delimiter(portTypeName.ns)}${portTypeName.local}`;
  const middle = delimiter(portTypeName.ns);
  const soapAction = (soap === null ? null : attribute(soap, 'soapAction')?.trim()) ?? '';
  const addressed = input === null ? null : wsaAction(input);
  const inputName = (input === null ? null : attribute(input, 'name')) ?? (output === null ? name : `${name}Request`);
  const actions = [soapAction, addressed ?? ''].filter((action) => action !== '');
  if (actions.length === 0) actions.push(`${base}${middle}${inputName}`);
  const outputName = (output === null ? null : attribute(output, 'name')) ?? `${name}Response`;
  const asked = read('input', input);
  const answered = read('output', output);
  return {
    name,
    portType: portTypeName,
    oneWay: output === null,
    input: asked.part,
    output: answered.part,
    headers: { input: asked.headers, output: answered.headers },
    faults: childrenNamed(abstract, wsdlNs, 'fault').map((fault) =>
      faultOf(definitions, fault, { base, middle, name, note }),
    ),
    actions,
    replyAction: (output === null ? null : wsaAction(output)) ?? `${base}${middle}${outputName}`,
    problem: problems[0] ?? null,
    demand: at.demand,
  };
};

const inputName = (of: XmlElement): string | null => {
  const input = childNamed(of, wsdlNs, 'input');
  return input === null ? null : attribute(input, 'name');
};

/** The operation of the port type; overloads are told apart by the name of their input. */
const abstractOf = (portType: XmlElement, bound: XmlElement, name: string): XmlElement | null => {
  const candidates = childrenNamed(portType, wsdlNs, 'operation').filter((each) => attribute(each, 'name') === name);
  const wanted = inputName(bound);
  return (
    (candidates.length > 1 ? candidates.find((each) => inputName(each) === wanted) : null) ?? candidates[0] ?? null
  );
};

interface FaultPlace {
  readonly base: string;
  readonly middle: string;
  readonly name: string;
  readonly note: (problem: string) => void;
}

const faultOf = (definitions: Definitions, fault: XmlElement, { base, middle, name, note }: FaultPlace): WsdlFault => {
  const own = attribute(fault, 'name') ?? '';
  const message = definitions.get(
    'message',
    qnameAt(fault, attribute(fault, 'message') ?? '') ?? { ns: '', local: '' },
  );
  const part = message === null ? null : childNamed(message.element, wsdlNs, 'part');
  const value = part === null ? null : attribute(part, 'element');
  const element = part === null || value === null ? null : qnameAt(part, value);
  if (element === null) note(`the fault ${own}, which has no element`);
  return { name: own, element, action: wsaAction(fault) ?? [base, name, 'Fault', own].join(middle) };
};

const wsaAction = (element: XmlElement): string | null => {
  for (const ns of wsawNs) {
    const value = attribute(element, 'Action', ns);
    if (value !== null && value.trim() !== '') return value.trim();
  }
  return null;
};

/** Attachments beside the envelope. One MIME part alone is the envelope itself, dressed up. */
const attachmentProblem = (bound: XmlElement): string | null => {
  const directions = bound.children.filter((child) => child.ns === wsdlNs && /^(in|out)put$/.test(child.local));
  for (const each of directions.flatMap((direction) => direction.children)) {
    if (each.ns === wsdlMimeNs && !isEnvelopeAlone(each)) return 'attachments (mime)';
    if (each.local === 'message' && /\/dime\//.test(each.ns)) return 'attachments (DIME)';
  }
  return null;
};

const isEnvelopeAlone = (mime: XmlElement): boolean => {
  const [only, second] = childrenNamed(mime, wsdlMimeNs, 'part');
  return only !== undefined && second === undefined && soapChild(only, 'body') !== null;
};

// WS-Addressing 1.0 Metadata §4.4.4.
const delimiter = (ns: string): string => (ns.startsWith('urn:') ? ':' : '/');

const soapChild = (element: XmlElement, local: string): XmlElement | null =>
  childNamed(element, wsdlSoapNs, local) ?? childNamed(element, wsdlSoap12Ns, local);
