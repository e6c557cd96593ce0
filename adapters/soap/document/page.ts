// A page for people that shows an OpenAPI document of ours. Plain HTML, no script, nothing from elsewhere.
import type { Json } from '../../adapter.ts';

type JsonObject = { readonly [key: string]: Json };

/** `document` and `style`: addresses, relative to the page's own. */
export interface PageLinks {
  readonly document: string;
  readonly style: string;
}

/** The page allows itself nothing but its style sheet. All that stands in the document is escaped. */
export const pageOf = (api: JsonObject, links: PageLinks): string => {
  const info = objectAt(api, 'info');
  const schemas = objectAt(objectAt(api, 'components'), 'schemas');
  const operations = Object.entries(objectAt(api, 'paths')).flatMap(([path, item]) =>
    Object.entries(item as JsonObject).map(([method, operation]) => ({ path, method, of: operation as JsonObject })),
  );
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(textAt(info, 'title'))}</title><link rel="stylesheet" href="${escaped(links.style)}"></head><body>`,
    `<h1>${escaped(textAt(info, 'title'))}</h1>`,
    `<p>Version ${escaped(textAt(info, 'version'))} · <a href="${escaped(links.document)}">OpenAPI document</a></p>`,
    ...paragraphs(textAt(info, 'description')),
    `<nav><ul>${operations.map(({ of, method, path }) => entry(of, method, path)).join('')}</ul></nav>`,
    ...operations.map(({ of, method, path }) => section(of, method, path)),
    '<h2>Schemas</h2>',
    ...Object.entries(schemas).map(([name, schema]) => schemaBlock(name, schema)),
    '</body></html>\n',
  ].join('\n');
};

export const pageStyle = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid; }
pre { overflow-x: auto; padding: 0.5rem; border: 1px solid; font-size: 0.85rem; }
table { border-collapse: collapse; }
td, th { padding: 0.2rem 0.8rem 0.2rem 0; text-align: left; vertical-align: top; }
`;

const entry = (operation: JsonObject, method: string, path: string): string => {
  const id = textAt(operation, 'operationId');
  return `<li><a href="#${anchor('operation', id)}">${escaped(id)}</a> <code>${escaped(call(method, path))}</code></li>`;
};

const section = (operation: JsonObject, method: string, path: string): string => {
  const id = textAt(operation, 'operationId');
  const body = objectAt(operation, 'requestBody');
  const parameters = (operation['parameters'] ?? []) as readonly JsonObject[];
  return [
    `<section><h2 id="${anchor('operation', id)}">${escaped(id)}</h2>`,
    `<p><code>${escaped(call(method, path))}</code></p>`,
    parameters.length === 0 ? '' : parameterTable(parameters),
    body['content'] === undefined ? '' : `<h3>Request</h3>${contents(objectAt(body, 'content'))}`,
    ...Object.entries(objectAt(operation, 'responses')).map(([status, reply]) => response(status, reply as JsonObject)),
    '</section>',
  ].join('\n');
};

const call = (method: string, path: string): string => `${method.toUpperCase()} ${path}`;

const parameterTable = (parameters: readonly JsonObject[]): string => {
  const rows = parameters.map((each) => {
    const cells = [textAt(each, 'name'), textAt(each, 'in'), each['required'] === true ? 'required' : 'optional'];
    return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}<td>${schemaText(each['schema'])}</td></tr>`;
  });
  return `<h3>Parameters</h3><table>${rows.join('')}</table>`;
};

const response = (status: string, reply: JsonObject): string => {
  const shared = textAt(reply, '$ref');
  if (shared !== '') return `<h3>${escaped(status)}</h3><p>A problem: ${link('Problem')}</p>`;
  const told = `<h3>${escaped(status)}</h3><p>${escaped(textAt(reply, 'description'))}</p>`;
  return told + contents(objectAt(reply, 'content'));
};

const contents = (content: JsonObject): string =>
  Object.entries(content)
    .map(([type, media]) => {
      const { example, examples } = media as JsonObject;
      const all = example === undefined ? Object.values((examples ?? {}) as JsonObject).map(valueOf) : [example];
      const shown = all.map((each) => `<pre>${escaped(JSON.stringify(each, null, 2))}</pre>`);
      return `<p><code>${escaped(type)}</code> ${schemaText(objectAt(media as JsonObject, 'schema'))}</p>${shown.join('')}`;
    })
    .join('');

const valueOf = (example: Json): Json => (example as JsonObject)['value'] ?? null;

/** A reference as a link, the alternatives of a choice as several, anything else as it is. */
const schemaText = (schema: Json | undefined): string => {
  const { $ref, oneOf } = (schema ?? {}) as JsonObject;
  if (typeof $ref === 'string') return link($ref.slice($ref.lastIndexOf('/') + 1));
  if (Array.isArray(oneOf)) return (oneOf as readonly Json[]).map(schemaText).join(' or ');
  return `<code>${escaped(JSON.stringify(schema ?? {}))}</code>`;
};

const link = (name: string): string => `<a href="#${anchor('schema', name)}">${escaped(name)}</a>`;

const schemaBlock = (name: string, schema: Json): string => {
  const lines = JSON.stringify(schema, null, 2);
  return `<h3 id="${anchor('schema', name)}">${escaped(name)}</h3><pre>${escaped(lines)}</pre>`;
};

const paragraphs = (text: string): string[] => (text === '' ? [] : [`<pre>${escaped(text)}</pre>`]);

const anchor = (kind: string, name: string): string => escaped(`${kind}-${name}`);

const objectAt = (object: JsonObject, key: string): JsonObject => {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
};

const textAt = (object: JsonObject, key: string): string => {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return typeof value === 'string' ? value : '';
};

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (char) => entities[char] ?? char);
