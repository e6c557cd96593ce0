// `handlers.ts`: a function for each operation, not written yet.
import { identifier, isIdentifier, quoted } from './identifier.ts';
import type { Stub } from './scaffold.ts';

export const handlersText = (stubs: readonly Stub[]): string => {
  const faults = stubs.some((stub) => stub.faults.length > 0) ? faultNote : '';
  return [
    '// One function for each operation, exported under its name. Yours: it is never written over.\n',
    `${faults}import type { Handler } from 'strangler-gateway/handler';\n`,
    `import type * as types from './types.ts';\n`,
    ...stubs.map((stub) => `\n${stubText(stub)}`),
  ].join('');
};

const faultNote = [
  '// Faults that the contract declares are thrown: `throw new HandlerFault(name, detail, text)`, imported from',
  "// 'strangler-gateway/handler'. Whatever else is thrown counts as a failure, and legacy may be asked instead.\n",
].join('\n');

const stubText = ({ operation, input, output, headers, faults }: Stub): string => {
  const told = faults.map(({ name, type }) => `${name} (types.${type})`).join(', ');
  const comment = faults.length === 0 ? '' : `/** Its faults: ${told}. */\n`;
  const isNamed = isIdentifier(operation);
  const name = isNamed ? operation : identifier(operation);
  const types = [input, output, ...(headers === null ? [] : [headers])];
  const type = `Handler<${types.map((each) => (each === null ? 'void' : `types.${each}`)).join(', ')}>`;
  const body = `() => {\n  throw new Error(${quoted(`${operation} is not written yet`)});\n};\n`;
  if (isNamed) return `${comment}export const ${name}: ${type} = ${body}`;
  return `${comment}const ${name}: ${type} = ${body}export { ${name} as ${quoted(operation)} };\n`;
};
