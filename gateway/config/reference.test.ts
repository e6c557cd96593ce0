import test from 'ava';
import { readFile } from 'node:fs/promises';
import { generated } from '../../docs/generate.ts';
import { fileJsonSchema } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';

for (const [file, text] of generated()) {
  test(`docs/${file} is what the code says (npm run docs)`, async (t) => {
    t.is(await readFile(new URL(`../../docs/${file}`, import.meta.url), 'utf8'), text);
  });
}

/** Every field, by the keys that lead to it. */
const fields = (schema: JsonSchema, path = ''): [string, JsonSchema][] => {
  const found: [string, JsonSchema][] = [];
  for (const [key, field] of Object.entries(schema.properties ?? {})) {
    found.push([`${path}.${key}`, field], ...fields(field, `${path}.${key}`));
  }
  if (typeof schema.additionalProperties === 'object') found.push(...fields(schema.additionalProperties, `${path}.*`));
  for (const branch of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) found.push(...fields(branch, path));
  return found;
};

test('every key says what it is for', (t) => {
  const silent = fields(fileJsonSchema()).filter(
    ([path, field]) => field.description === undefined && !/\.(?:cohort|by|vary)\./.test(path),
  );
  t.deepEqual(
    silent.map(([path]) => path),
    [],
  );
});

test('every duration and size says its unit', (t) => {
  const bare = fields(fileJsonSchema()).filter(
    ([, field]) => /ms\||kb\|/.test(field.pattern ?? '') && field.unit === undefined,
  );
  t.deepEqual(
    bare.map(([path]) => path),
    [],
  );
});
