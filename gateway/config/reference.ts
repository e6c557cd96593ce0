// docs/reference/config.md: every key of the file, from the schemas.
import { fileJsonSchema } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';

/** The page, as Markdown. */
export const configReference = (): string => {
  const { properties = {} } = fileJsonSchema();
  const { destinations, routes, gateway, ...top } = properties;
  const route = named(routes);
  const operation = named(route?.properties?.['operations']?.anyOf?.find(named));
  return [
    '# routes.config.yaml\n',
    '<!-- Written by docs/generate.ts from the schemas. `npm run docs` writes it anew. -->\n',
    'Every key of the file. A key that is not here is an error, with its line and the nearest name.',
    'Durations are written `500ms`, `30s`, `2m`, `1h`; sizes `512kb`, `1mb` (of 1024); weights in percent, with up to two decimals.',
    'Any value may be `${NAME}` or `${NAME:-default}` from the environment (in `{ }` and `[ ]` with quotes around it). Paths of files are relative to the file that names them.\n',
    section('Top', { properties: top }, ''),
    section('gateway', gateway, 'gateway.'),
    ...(named(destinations)?.oneOf ?? []).map((one) =>
      section(`destinations: adapter ${String(one.properties?.['adapter']?.const)}`, one, 'destinations.NAME.'),
    ),
    section('routes', route, 'routes.NAME.'),
    section('operations', operation?.anyOf?.[0], 'routes.NAME.operations.OPERATION.'),
  ].join('\n');
};

/** What stands behind the names of a map. */
const named = (schema: JsonSchema | undefined): JsonSchema | undefined =>
  typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;

const section = (title: string, schema: JsonSchema | undefined, prefix: string): string =>
  [`## ${title}\n`, '| key | value | default | |', '| --- | --- | --- | --- |', ...rows(schema, prefix), ''].join('\n');

const rows = (schema: JsonSchema | undefined, prefix: string): string[] => {
  const lines: string[] = [];
  for (const [key, field] of Object.entries(schema?.properties ?? {})) {
    lines.push(row(`${prefix}${key}`, field, schema?.required?.includes(key) === true));
    if (field.properties) lines.push(...rows(field, `${prefix}${key}.`));
  }
  return lines;
};

const row = (key: string, field: JsonSchema, isRequired: boolean): string => {
  const { description = '', default: usual, examples = [], unit } = field;
  const example =
    examples.length === 0 || field.const !== undefined ? '' : ` For example ${examples.map(code).join(', ')}.`;
  const said = usual === undefined || typeof usual === 'object' ? '' : code(usual);
  return `| \`${key}\` | ${escape(values(field))}${unit === '%' ? ', %' : ''} | ${isRequired ? 'required' : said} | ${escape(description + example)} |`;
};

const values = (field: JsonSchema): string => {
  if (field.const !== undefined) return code(field.const);
  if (field.enum) return field.enum.map(code).join(', ');
  if (field.unit === 'ms') return 'duration';
  if (field.unit === 'bytes') return 'size';
  const branches = field.anyOf ?? field.oneOf;
  if (branches) return [...new Set(branches.map(values))].join(' or ');
  if (field.items) return `list of ${values(field.items)}`;
  const [only, ...others] = Object.keys(field.properties ?? {});
  if (only !== undefined) return others.length === 0 ? code(`{ ${only}: … }`) : 'map';
  if (typeof field.additionalProperties === 'object') return 'map';
  if (field.type === 'integer' || field.type === 'number') return range(field);
  return field.type === 'string' ? 'text' : (field.type ?? '');
};

const range = ({ type, minimum, maximum }: JsonSchema): string => {
  const kind = type === 'integer' ? 'whole number' : 'number';
  if (minimum === undefined) return kind;
  return maximum === undefined ? `${kind} from ${minimum}` : `${minimum}–${maximum}`;
};

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : flow(value)}\``;

/** As one would write it in YAML on one line. */
const flow = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, one]) => `${key}: ${flow(one)}`)
    .join(', ')} }`;
};

const escape = (text: string): string => text.replaceAll('|', '\\|');
