// `handlers.test.ts`: each handler is asked with an example, and its answer has to fit the contract.
import { isIdentifier, quoted } from './identifier.ts';
import { valueText } from './value-text.ts';
import type { Stub } from './scaffold.ts';

export const testsText = (stubs: readonly Stub[], wsdl: string): string =>
  [
    '// Each handler is asked as the gateway asks it; its answer has to fit the contract, or be a fault that it declares.\n',
    '// Yours: give the examples values that your service knows, and say what you expect.\n',
    `import test from 'ava';\n`,
    `import { contractOf } from 'strangler-gateway/handler';\n`,
    `import * as handlers from './handlers.ts';\n`,
    `import type * as types from './types.ts';\n\n`,
    `const contract = await contractOf(new URL(${quoted(wsdl)}, import.meta.url));\n`,
    ...stubs.map((stub) => `\n${testText(stub)}`),
  ].join('');

const testText = ({ operation, oneWay, input, example }: Stub): string => {
  const handler = isIdentifier(operation) ? `handlers.${operation}` : `handlers[${quoted(operation)}]`;
  const kind = oneWay ? 'accepted' : 'value';
  const title = quoted(`${operation} answers what the contract has`);
  // As for a required member whose pattern nothing we know how to make fits: whoever writes the handler knows one.
  if (example === undefined)
    return `test.todo(${quoted(`${operation} answers what the contract has: no example was found`)});\n`;
  return [
    `test(${title}, async (t) => {\n`,
    `  const input: types.${input} = ${valueText(example, '  ')};\n`,
    `  t.like(await contract.ask(${quoted(operation)}, ${handler}, input), { kind: ${quoted(kind)} });\n`,
    `});\n`,
  ].join('');
};
