// Names of a contract as names in TypeScript.

const plain = /^[A-Za-z_$][\w$]*$/;
const reserved = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum export extends false finally for ' +
    'function if implements import in instanceof interface let new null package private protected public return static ' +
    'super switch this throw true try typeof var void while with yield arguments eval any unknown never object string ' +
    'number boolean symbol bigint undefined'
  ).split(' '),
);

/** May it be the name of a constant or a type as it is? */
export const isIdentifier = (name: string): boolean => plain.test(name) && !reserved.has(name);

/** An identifier like the name. */
export const identifier = (name: string): string => {
  const near = name.replaceAll(/[^\w$]/g, '_').replace(/^(?=\d)/, '_');
  return isIdentifier(near) ? near : `${near}_`;
};

/** A text in single quotes. */
export const quoted = (text: string): string =>
  `'${JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`)}'`;

/** The key of a member in a type. */
export const memberKey = (name: string): string => (plain.test(name) ? name : quoted(name));
