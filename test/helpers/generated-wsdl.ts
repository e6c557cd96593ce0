// A WSDL of any size, each operation with types of its own, as large WCF services have them.
import { bindingOf, schemaOf, wsdlOf } from './wsdl.ts';

/** `count` operations `Op0`, `Op1`, …; each with a wrapper, a reply, a fault and three types. */
export const generatedWsdl = (count: number): string => {
  const each = (make: (n: number) => string): string => Array.from({ length: count }, (_, n) => make(n)).join('\n');
  const binding = bindingOf('B').replace(/<w:operation[^]*<\/w:operation>/, () => each(bound));
  return wsdlOf({ types: schemaOf(each(typesOf)), messages: each(messagesOf), portType: portType(each), binding });
};

const element = (name: string, type: string, more = ''): string => `<x:element name="${name}" type="${type}" ${more}/>`;
const sequence = (members: string): string => `<x:complexType><x:sequence>${members}</x:sequence></x:complexType>`;

const typesOf = (n: number): string => `
<x:simpleType name="Kind${n}"><x:restriction base="x:string"><x:enumeration value="A"/><x:enumeration value="B"/></x:restriction></x:simpleType>
<x:complexType name="Line${n}"><x:sequence>${element('sku', 'x:string')}${element('price', 'x:decimal', 'nillable="true"')}${element('kind', `t:Kind${n}`)}</x:sequence></x:complexType>
<x:complexType name="Order${n}"><x:sequence>${element('id', 'x:long')}${element('at', 'x:dateTime', 'minOccurs="0"')}${element('line', `t:Line${n}`, 'maxOccurs="unbounded"')}</x:sequence><x:attribute name="rev" type="x:int"/></x:complexType>
<x:element name="Op${n}">${sequence(element('order', `t:Order${n}`))}</x:element>
<x:element name="Op${n}Response">${sequence(element(`Op${n}Result`, `t:Order${n}`))}</x:element>
<x:element name="Fault${n}">${sequence(element('code', 'x:int'))}</x:element>`;

const messagesOf = (n: number): string => `
<w:message name="In${n}"><w:part name="parameters" element="t:Op${n}"/></w:message>
<w:message name="Out${n}"><w:part name="parameters" element="t:Op${n}Response"/></w:message>
<w:message name="F${n}"><w:part name="detail" element="t:Fault${n}"/></w:message>`;

const portType = (each: (make: (n: number) => string) => string): string =>
  `<w:portType name="P">${each(
    (n) =>
      `<w:operation name="Op${n}"><w:input message="t:In${n}"/><w:output message="t:Out${n}"/><w:fault name="f" message="t:F${n}"/></w:operation>`,
  )}</w:portType>`;

const bound = (n: number): string =>
  `<w:operation name="Op${n}"><s:operation soapAction="urn:op${n}"/><w:input><s:body use="literal"/></w:input><w:output><s:body use="literal"/></w:output></w:operation>`;
