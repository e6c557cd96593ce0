// Small WSDLs for tests, put together from their parts, and folders and servers that hold them.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listen } from './listen.ts';
import type { ExecutionContext } from 'ava';
import type { ServerResponse } from 'node:http';

export interface WsdlParts {
  /** Inside `types`; a schema of the namespace `urn:t` that declares `Do` and `DoResponse` where nothing is said. */
  readonly types?: string;
  /** Attributes of the definitions. */
  readonly attributes?: string;
  /** Before the types: imports, policies. */
  readonly head?: string;
  /** In place of one message In, one Out. */
  readonly messages?: string;
  readonly portType?: string;
  readonly binding?: string;
  readonly service?: string;
}

/** Prefixes: w WSDL, s and s12 its SOAP bindings, t `urn:t`, x XML Schema, p WS-Policy, u wsu. */
export const wsdlOf = (parts: WsdlParts = {}): string => `<w:definitions targetNamespace="urn:t"
 xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:s12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:t="urn:t" xmlns:x="http://www.w3.org/2001/XMLSchema"
 xmlns:p="http://schemas.xmlsoap.org/ws/2004/09/policy"
 xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" ${parts.attributes ?? ''}>
${parts.head ?? ''}<w:types>${parts.types ?? schemaOf(wrapperOf('<x:element name="a" type="x:int"/>'))}</w:types>
${parts.messages ?? '<w:message name="In"><w:part name="parameters" element="t:Do"/></w:message><w:message name="Out"><w:part name="parameters" element="t:DoResponse"/></w:message>'}
${parts.portType ?? portTypeOf('P')}
${parts.binding ?? bindingOf('B')}
<w:service name="S">${parts.service ?? '<w:port name="Q" binding="t:B"><s:address location="http://127.0.0.1:1/Svc.svc"/></w:port>'}</w:service>
</w:definitions>`;

export const schemaOf = (content: string, attributes = ''): string =>
  `<x:schema targetNamespace="urn:t" elementFormDefault="qualified" ${attributes}>${content}</x:schema>`;

export const wrapperOf = (members: string): string =>
  `<x:element name="Do"><x:complexType><x:sequence>${members}</x:sequence></x:complexType></x:element>
   <x:element name="DoResponse"><x:complexType><x:sequence/></x:complexType></x:element>`;

export const portTypeOf = (name: string, inside = '<w:input message="t:In"/><w:output message="t:Out"/>'): string =>
  `<w:portType name="${name}"><w:operation name="Do">${inside}</w:operation></w:portType>`;

export interface BindingParts {
  readonly type?: string;
  readonly soap?: 's' | 's12';
  readonly transport?: string;
  readonly action?: string;
  /** Inside the binding, before its operation. */
  readonly inside?: string;
  readonly input?: string;
  readonly output?: string;
}

export const bindingOf = (name: string, parts: BindingParts = {}): string => {
  const { type = 'P', soap = 's', transport = 'http://schemas.xmlsoap.org/soap/http', action = 'urn:do' } = parts;
  const body = `<${soap}:body use="literal"/>`;
  return `<w:binding name="${name}" type="t:${type}">${parts.inside ?? ''}<${soap}:binding transport="${transport}"/><w:operation name="Do">
<${soap}:operation soapAction="${action}"/><w:input>${parts.input ?? body}</w:input><w:output>${parts.output ?? body}</w:output></w:operation></w:binding>`;
};

export type Files = Readonly<Record<string, string | Buffer>>;

/** A folder with these files, by relative path, until the test ends. */
export const folderWith = async (t: ExecutionContext, files: Files): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'contract-'));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
};

export interface Serving {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Request targets, in the order they came. */
  readonly asked: readonly string[];
}

/** A server that answers by request target; a function answers itself. */
export const serving = async (
  t: ExecutionContext,
  pages: Readonly<Record<string, string | ((response: ServerResponse) => void)>>,
): Promise<Serving> => {
  const asked: string[] = [];
  const url = await listen(t, (request, response) => {
    asked.push(request.url ?? '');
    const page = pages[request.url ?? ''];
    if (page === undefined) response.writeHead(404).end();
    else if (typeof page === 'string') response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(page);
    else page(response);
  });
  return { url, asked };
};
