// Contracts for the codec's laws, from the schemas in test/golden/contracts/laws: each element with its `…Response` is an
// operation. With a validator that others wrote, for what is generated and for what the codec writes.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs';
import { loadContract } from '../../adapters/soap/contract/contract.ts';
import { goldenContract } from './contracts.ts';
import type { SoapContract } from '../../adapters/soap/contract/contract.ts';

export const lawNames = [
  'wcf-data-contract',
  'wcf-xml-serializer',
  'asmx',
  'jax-ws',
  'rpc-literal',
  'recursive',
  'choice-heavy',
  'any',
  'attributes',
  'polymorphic',
  'dictionary',
  'list-union',
] as const;

export type LawName = (typeof lawNames)[number];

export interface LawContract {
  readonly contract: SoapContract;
  /** Why the text is not valid by the schema; null where it is. */
  invalid(xml: string): string | null;
}

const folder = goldenContract('laws');

export const loadLaw = async (name: LawName): Promise<LawContract> => {
  const schema = join(folder, `${name === 'rpc-literal' ? 'rpc-literal.messages' : name}.xsd`);
  const text = await readFile(schema, 'utf8');
  return { contract: await contractOf(name, text), invalid: validator(schema, text) };
};

const contractOf = async (name: LawName, schema: string): Promise<SoapContract> => {
  if (name === 'rpc-literal') return loadContract(join(folder, 'rpc-literal.wsdl'));
  const work = await lawFiles(name, schema);
  try {
    return await loadContract(join(work, 'service.wsdl'));
  } finally {
    await rm(work, { recursive: true });
  }
};

/** A folder of its own with `service.wsdl` and the schemas. */
export const lawFiles = async (name: LawName, schema?: string): Promise<string> => {
  const work = await mkdtemp(join(tmpdir(), 'law-'));
  await cp(folder, work, { recursive: true });
  const text = schema ?? (await readFile(join(folder, `${name}.xsd`), 'utf8'));
  await writeFile(join(work, 'service.wsdl'), wsdlOf(name, text));
  return work;
};

const wsdlOf = (name: string, schema: string): string => {
  const ns = /targetNamespace="([^"]+)"/.exec(schema)?.[1] ?? '';
  const replies = [...schema.matchAll(/^ {2}<\w+:element name="(\w+)Response"/gm)].map((found) => found[1] ?? '');
  const each = (write: (operation: string) => string): string => replies.map(write).join('\n');
  const message = (element: string): string =>
    `<message name="${element}"><part name="parameters" element="t:${element}"/></message>`;
  const body = '<soap:body use="literal"/>';
  return `<definitions targetNamespace="${ns}" xmlns:t="${ns}" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<types><xs:schema><xs:import namespace="${ns}" schemaLocation="${name}.xsd"/></xs:schema></types>
${each((operation) => message(operation) + message(`${operation}Response`))}
<portType name="Port">${each((operation) => `<operation name="${operation}"><input message="t:${operation}"/><output message="t:${operation}Response"/></operation>`)}</portType>
<binding name="Soap" type="t:Port"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
${each((operation) => `<operation name="${operation}"><soap:operation soapAction="${ns}/${operation}"/><input>${body}</input><output>${body}</output></operation>`)}</binding>
<service name="Service"><port name="Soap" binding="t:Soap"><soap:address location="http://localhost/"/></port></service>
</definitions>`;
};

const validator = (url: string, schema: string): LawContract['invalid'] => {
  xmlRegisterFsInputProviders();
  const document = XmlDocument.fromString(schema, { url });
  const compiled = XsdValidator.fromDoc(document);
  return (xml) => {
    try {
      const instance = XmlDocument.fromString(xml);
      try {
        compiled.validate(instance);
      } finally {
        instance.dispose();
      }
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
};
