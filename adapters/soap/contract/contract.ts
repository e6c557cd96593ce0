// A contract, compiled once: operations with their messages, ready to be read and written.
import { AdapterError } from '../../errors.ts';
import { wcf } from './dialect.ts';
import { readDocuments } from './loading/documents.ts';
import { headedMessage } from './headed-message.ts';
import { bareMessage, emptyMessage, isVoid, memberNames, replyMessage, requestMessage } from './message.ts';
import { namesOf } from './loading/operation-names.ts';
import { prefixesFor } from './writing/prefixes.ts';
import { expanded } from './xml/qname.ts';
import { Shapes } from './reading/shapes.ts';
import { rpcElement } from './schema/rpc.ts';
import { compileSchema } from './schema/schema.ts';
import { usesNames } from './schema/simple-types.ts';
import { hasRaw, membersOf, reasonAgainst } from './schema/types.ts';
import { transportsOf } from './loading/transports.ts';
import { operationsOf } from './loading/wsdl.ts';
import { Writers } from './writing/writer.ts';
import type { Contract, ContractOperation } from '../../adapter.ts';
import type { Names } from '../names.ts';
import type { Dialect } from './dialect.ts';
import type { Documents } from './loading/documents.ts';
import type { Codecs, HeaderBlock, MessageCodec } from './message.ts';
import type { QName } from './xml/qname.ts';
import type { Schema } from './schema/schema.ts';
import type { SourceOptions } from './loading/source.ts';
import type { ComplexType, ElementDeclaration, SchemaType } from './schema/types.ts';
import type { Part, WsdlOperation } from './loading/wsdl.ts';

/** A SOAP service's contract. */
export interface SoapContract extends Contract {
  /** Of the first port type: where the operations' names are at home. */
  readonly targetNamespace: string;
  /** Addresses of all documents, the first one first. */
  readonly documents: readonly string[];
  /** How the service writes what the schema leaves open. */
  readonly dialect: Dialect;
  /** For identification. */
  readonly names: Names;
  readonly operations: ReadonlyMap<string, SoapOperation>;
  /** Types that are declared by name, by expanded name. */
  readonly types: ReadonlyMap<string, SchemaType>;
}

export interface SoapOperation extends ContractOperation {
  /** soapAction of the first binding; the addressing action where that is empty. */
  readonly action: string;
  /** wsa:Action of its reply. */
  readonly replyAction: string;
  /** Element in the Body of a request; null: the Body is empty, or what stands there is not known. */
  readonly input: ElementDeclaration | null;
  readonly output: ElementDeclaration | null;
  /** Declared faults by name, which is the local name of the element in their detail. */
  readonly faultElements: ReadonlyMap<string, QName>;
  /** How its messages are read and written; null where it can only be passed through. */
  readonly messages: Messages | null;
}

export interface Messages {
  readonly request: MessageCodec;
  /** null for one-way operations. */
  readonly reply: MessageCodec | null;
  readonly faults: ReadonlyMap<string, FaultMessage>;
  /** Declared blocks that requests may carry; those of replies are part of `reply`. */
  readonly requestHeaders: readonly HeaderBlock[];
}

export interface FaultMessage extends MessageCodec {
  readonly declared: ElementDeclaration;
  /** wsa:Action of a reply that is this fault. */
  readonly action: string;
}

interface Resolved {
  readonly wsdl: WsdlOperation;
  readonly input: ElementDeclaration | null;
  readonly output: ElementDeclaration | null;
  readonly headers: Record<'input' | 'output', readonly ElementDeclaration[]>;
  readonly faults: ReadonlyMap<string, { readonly declared: ElementDeclaration; readonly action: string }>;
  readonly problem: string | null;
}

/**
 * Reads and compiles a WSDL 1.1, a file or a URL, with all it imports. Throws what `readDocuments` and
 * `compileContract` do.
 */
export const loadContract = async (
  entry: string,
  { dialect, ...options }: SourceOptions & { readonly dialect?: Dialect } = {},
): Promise<SoapContract> => compileContract(await readDocuments(entry, options), dialect);

/**
 * What cannot be translated exactly makes its operations `passThroughOnly`, with the reason. Throws AdapterError
 * ERR_CONTRACT where the documents declare no operation of a SOAP binding.
 */
export const compileContract = (documents: Documents, dialect: Dialect = wcf): SoapContract => {
  const schema = compileSchema(documents.schemas);
  const found = operationsOf(documents.wsdls);
  if (found.length === 0) {
    throw new AdapterError(
      'ERR_CONTRACT',
      `${documents.loaded[0]?.file ?? 'the WSDL'}: no SOAP binding with an operation; expected a WSDL 1.1 of a SOAP service`,
    );
  }
  const resolved = [...grouped(found)].map(([, operations]) => resolve(operations, schema));
  const compile = compiler(
    resolved.filter((each) => each.problem === null),
    schema.types,
  );
  const operations = new Map(resolved.map((each) => [each.wsdl.name, Object.freeze(compile(each))]));
  return Object.freeze({
    hash: documents.hash,
    targetNamespace: found[0]?.portType.ns ?? '',
    documents: documents.loaded.map((each) => each.address),
    transports: transportsOf(documents.wsdls),
    dialect,
    names: namesOf(found),
    types: schema.types,
    operations,
  });
};

const grouped = (operations: readonly WsdlOperation[]): Map<string, readonly WsdlOperation[]> =>
  Map.groupBy(operations, (operation) => operation.name);

const resolve = (operations: readonly WsdlOperation[], schema: Schema): Resolved => {
  const [wsdl, second] = operations;
  if (wsdl === undefined) throw new Error('no operation of that name');
  const problems = [wsdl.problem, wsdl.demand];
  if (second !== undefined) problems.unshift(severalNamed(operations));
  const declared = (name: QName): ElementDeclaration | null => {
    const element = schema.element(name);
    problems.push(
      element === null ? `the element ${expanded(name)}, which is not declared` : reasonAgainst(element.type),
    );
    return element;
  };
  const isKnown = wsdl.problem === null;
  const of = (part: Part): ElementDeclaration | null => {
    if (part.element === null || !isKnown) return null;
    if (part.members === null) return declared(part.element);
    const element = rpcElement(part.element, part.members, schema);
    problems.push(reasonAgainst(element.type));
    return element;
  };
  const input = of(wsdl.input);
  const output = of(wsdl.output);
  const headers = {
    // One that cannot be read is passed over: a handler has its text.
    input: wsdl.headers.input
      .flatMap((name) => schema.element(name) ?? [])
      .filter((each) => reasonAgainst(each.type) === null),
    output: isKnown ? wsdl.headers.output.flatMap((name) => declared(name) ?? []) : [],
  };
  const faults = new Map<string, { declared: ElementDeclaration; action: string }>();
  for (const fault of wsdl.faults) {
    const element = fault.element === null ? null : declared(fault.element);
    if (element === null) continue;
    const name = faults.has(element.name.local) ? expanded(element.name) : element.name.local;
    faults.set(name, { declared: element, action: fault.action });
  }
  return { wsdl, input, output, headers, faults, problem: problems.find((problem) => problem !== null) ?? null };
};

const severalNamed = (operations: readonly WsdlOperation[]): string => {
  const portTypes = [...new Set(operations.map((each) => each.portType.local))];
  const where = portTypes.length === 1 ? 'overloads of one port type' : `in the port types ${portTypes.join(', ')}`;
  return `${operations.length} operations named ${operations[0]?.name ?? ''}, ${where}`;
};

/** Makes the operations of one contract, which share compiled types and prefixes. */
const compiler = (
  translatable: readonly Resolved[],
  types: ReadonlyMap<string, SchemaType>,
): ((operation: Resolved) => SoapOperation) => {
  const roots = translatable.flatMap(({ input, output, headers, faults }) => [
    ...[output, input].filter((each) => each !== null),
    ...headers.output,
    ...headers.input,
    ...[...faults.values()].map((fault) => fault.declared),
  ]);
  const prefixes = prefixesFor(
    roots.map((root) => root.type),
    {
      types,
      roots: translatable.flatMap(({ input, output }) => [input, output].flatMap((root) => root?.name.ns ?? [])),
      others: roots.map((root) => root.name.ns),
    },
  );
  const shapes = new Shapes(types);
  const vocabulary = { prefixes, types };
  const writers = new Map<string | null, Writers>();
  const codecsFor = (declared: ElementDeclaration): Codecs => {
    // What is in no namespace cannot be told from the default one: then everything else has a prefix.
    const defaultNs = declared.name.ns === '' || needsPrefixes(declared.type) ? null : declared.name.ns;
    const made = writers.get(defaultNs) ?? new Writers(vocabulary, defaultNs);
    writers.set(defaultNs, made);
    return { shapes, writers: made };
  };
  return (operation) => {
    const { wsdl, input, output, faults, problem } = operation;
    const messages = problem === null ? messagesOf(operation, codecsFor) : null;
    return {
      name: wsdl.name,
      oneWay: wsdl.oneWay,
      passThroughOnly: problem,
      inputs: Object.freeze(memberNames(input)),
      faults: Object.freeze([...faults.keys()]),
      // A header is something to say, too.
      isVoid: messages?.reply?.headers === undefined && isVoid(output),
      action: wsdl.actions[0] ?? '',
      replyAction: wsdl.replyAction,
      input,
      output,
      faultElements: new Map([...faults].map(([name, fault]) => [name, fault.declared.name])),
      messages,
    };
  };
};

const messagesOf = (operation: Resolved, codecsFor: (declared: ElementDeclaration) => Codecs): Messages => {
  const { wsdl, input, output, headers, faults } = operation;
  const isWrapped = input !== null && isWrapper(wsdl.input, input) && input.name.local === wsdl.name;
  const wrapperOf = (part: Part, declared: ElementDeclaration): ComplexType | null =>
    isWrapped && isWrapper(part, declared) && declared.type.kind === 'complex' ? declared.type : null;
  const request = input === null ? emptyMessage : requestMessage(input, wrapperOf(wsdl.input, input), codecsFor(input));
  const reply =
    output === null ? emptyMessage : replyOf(wsdl.output)(output, wrapperOf(wsdl.output, output), codecsFor(output));
  const faultMessages = [...faults].map(([name, { declared, action }]): [string, FaultMessage] => [
    name,
    { ...bareMessage(declared, codecsFor(declared)), declared, action },
  ]);
  const blocks = (declared: readonly ElementDeclaration[]): readonly HeaderBlock[] =>
    headerBlocks(declared.map((each) => ({ name: each.name, codec: bareMessage(each, codecsFor(each)) })));
  return Object.freeze({
    request,
    reply: wsdl.oneWay ? null : headedMessage(reply, blocks(headers.output)),
    faults: new Map(faultMessages),
    requestHeaders: blocks(headers.input),
  });
};

const headerBlocks = (blocks: readonly Omit<HeaderBlock, 'key'>[]): HeaderBlock[] => {
  const taken = new Set<string>();
  return blocks.map((block) => {
    const key = taken.has(block.name.local) ? expanded(block.name) : block.name.local;
    taken.add(key);
    return { ...block, key };
  });
};

/** Parts of an rpc/literal reply are an object, also where there is one alone. */
const replyOf = (part: Part): typeof replyMessage => (part.members === null ? replyMessage : requestMessage);

/** .NET's rule: one part named `parameters`, whose element has nothing but members. */
const isWrapper = (part: Part, { type, nillable }: ElementDeclaration): boolean =>
  part.isParameters &&
  !nillable &&
  type.kind === 'complex' &&
  type.content.is === 'members' &&
  type.content.ordered &&
  type.attributes.length === 0 &&
  type.anyAttribute === null &&
  type.derived.size === 0 &&
  !type.abstract;

/** May anything in it, XML from elsewhere and names in values too, be in no namespace? */
const needsPrefixes = (type: SchemaType, seen = new Set<SchemaType>()): boolean => {
  if (seen.has(type)) return false;
  seen.add(type);
  if (type.kind === 'simple') return usesNames(type);
  const members = membersOf(type);
  if (hasRaw(type) || members.some((member) => member.name.ns === '')) return true;
  if (type.content.is === 'text' && usesNames(type.content.type)) return true;
  return (
    type.attributes.some((each) => usesNames(each.type)) ||
    members.some((member) => needsPrefixes(member.type, seen)) ||
    [...type.derived.values()].some((each) => needsPrefixes(each, seen))
  );
};
