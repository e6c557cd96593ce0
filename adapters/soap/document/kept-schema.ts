// Values that a schema leaves open, which stay XML.
import type { JsonSchema } from './json-schema.ts';

/** One element, whole in itself. */
export const xmlText: JsonSchema = {
  type: 'string',
  contentMediaType: 'application/xml',
  description: 'An XML element, with all namespaces declared in it.',
};

/** An element of mixed content. */
export const keptXml: JsonSchema = {
  type: 'object',
  properties: { $xml: xmlText },
  required: ['$xml'],
  additionalProperties: false,
};

/** A value of any type of the contract, or of XML Schema (`xs:long`), that `$type` names; XML where nothing is named. */
export const openValue: JsonSchema = {
  anyOf: [{ type: 'object', properties: { $type: { type: 'string' } }, required: ['$type'] }, keptXml],
};
