// The files a contract consists of, from the one that is named: imports and includes followed, each read once.
// Only files, and only inside the folder of the first: a contract never makes the gateway fetch anything.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { AdapterError } from '../../errors.ts';
import { wsdlNs, xsdNs } from './namespaces.ts';
import { canonical } from './canonical.ts';
import { xmlText } from './text.ts';
import { attribute, childrenNamed, parseXml } from './xml.ts';
import type { XmlElement } from './xml.ts';

export interface WsdlDocument {
  /** Relative to the contract's folder. */
  readonly file: string;
  readonly root: XmlElement;
  readonly namespace: string;
}

export interface SchemaDocument {
  readonly file: string;
  readonly root: XmlElement;
  /** Target namespace; that of the including schema where it has none of its own. */
  readonly namespace: string;
  /** Took its namespace from the schema that includes it: names without a prefix are in it. */
  readonly chameleon: boolean;
}

export interface Documents {
  readonly wsdls: readonly WsdlDocument[];
  readonly schemas: readonly SchemaDocument[];
  /** SHA-256 over what the files say, in hex; addresses, documentation and layout do not count. */
  readonly hash: string;
}

const mostFiles = 500;
const mostBytes = 16 * 1024 * 1024;
const deepestXml = 256;

interface Wanted {
  readonly file: string;
  readonly as: 'wsdl' | 'schema';
  /** Namespace for an included schema that has none. */
  readonly namespace: string | null;
  readonly from: string;
}

/**
 * Reads a contract's files. Throws AdapterError: ERR_CONTRACT for a file that is missing, outside the folder or of the
 * wrong kind, ERR_TOO_LARGE over a limit (500 files, 16 MiB each), ERR_MALFORMED and ERR_REFUSED as `parseXml` does.
 */
export const readDocuments = async (entry: string): Promise<Documents> => {
  const folder = dirname(resolve(entry));
  const wsdls: WsdlDocument[] = [];
  const schemas: SchemaDocument[] = [];
  const texts: string[] = [];
  const roots = new Map<string, XmlElement>();
  const seen = new Set<string>();
  const queue: Wanted[] = [{ file: resolve(entry), as: 'wsdl', namespace: null, from: 'the configuration' }];

  const follow = async (
    element: XmlElement,
    from: string,
    as: Wanted['as'],
    namespace: string | null,
  ): Promise<void> => {
    const location = attribute(element, as === 'wsdl' ? 'location' : 'schemaLocation');
    if (location !== null) queue.push({ file: await locate(location, dirname(from), folder), as, namespace, from });
  };
  const addSchema = async (root: XmlElement, file: string, including: string | null): Promise<void> => {
    const own = attribute(root, 'targetNamespace');
    const namespace = own ?? including ?? '';
    schemas.push({ file: relative(folder, file), root, namespace, chameleon: own === null && including !== null });
    for (const child of root.children) {
      if (child.ns !== xsdNs) continue;
      if (child.local === 'import') await follow(child, file, 'schema', null);
      if (child.local === 'include') await follow(child, file, 'schema', namespace);
    }
  };

  for (let wanted = queue.shift(); wanted !== undefined; wanted = queue.shift()) {
    const { file, as, namespace, from } = wanted;
    const key = `${file}\n${namespace ?? ''}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (roots.size >= mostFiles)
      throw new AdapterError('ERR_TOO_LARGE', `${entry}: a contract of over ${mostFiles} files`);
    let root = roots.get(file);
    if (root === undefined) {
      root = await readRoot(file, relative(folder, file), from);
      roots.set(file, root);
      texts.push(canonical(root));
    }
    if (as === 'schema') {
      expectRoot(root, { ns: xsdNs, local: 'schema' }, file);
      await addSchema(root, file, namespace);
      continue;
    }
    expectRoot(root, { ns: wsdlNs, local: 'definitions' }, file);
    wsdls.push({ file: relative(folder, file), root, namespace: attribute(root, 'targetNamespace') ?? '' });
    for (const child of childrenNamed(root, wsdlNs, 'import')) await follow(child, file, 'wsdl', null);
    for (const types of childrenNamed(root, wsdlNs, 'types')) {
      for (const schema of childrenNamed(types, xsdNs, 'schema')) await addSchema(schema, file, null);
    }
  }
  return { wsdls, schemas, hash: createHash('sha256').update(texts.join('\n')).digest('hex') };
};

const readRoot = async (file: string, shown: string, from: string): Promise<XmlElement> => {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new AdapterError('ERR_CONTRACT', `${shown}: cannot be read, but ${from} refers to it`, { cause });
  }
  if (bytes.length > mostBytes) throw new AdapterError('ERR_TOO_LARGE', `${shown}: over ${mostBytes} bytes`);
  try {
    return parseXml(xmlText(bytes, null), { depth: deepestXml, lines: true });
  } catch (error) {
    if (error instanceof AdapterError)
      throw new AdapterError(error.code, `${shown}: ${error.message}`, { cause: error });
    throw error;
  }
};

const expectRoot = (root: XmlElement, expected: { ns: string; local: string }, file: string): void => {
  if (root.ns === expected.ns && root.local === expected.local) return;
  throw new AdapterError(
    'ERR_CONTRACT',
    `${basename(file)}: its root is {${root.ns}}${root.local}; expected {${expected.ns}}${expected.local}`,
  );
};

/** Saved WCF metadata refers to `http://host/Orders.svc?xsd=xsd0`: the file is then `xsd0.xsd` or `xsd0`, beside it. */
const locate = async (location: string, from: string, folder: string): Promise<string> => {
  const saved = /^https?:\/\/[^?]*\?(wsdl|xsd)=([\w.-]+)$/i.exec(location);
  if (/^[a-z][a-z\d+.-]+:/i.test(location) && saved === null) {
    throw new AdapterError(
      'ERR_CONTRACT',
      `${location}: an import that is not a file; save it beside and refer to that`,
    );
  }
  if (saved === null) return inside(resolve(from, decodeURIComponent(location)), folder, location);
  const [, kind = '', name = ''] = saved;
  const candidates = [`${name}.${kind.toLowerCase()}`, name, `${name}.xml`];
  for (const candidate of candidates) {
    const file = resolve(from, candidate);
    if (await exists(file)) return inside(file, folder, location);
  }
  throw new AdapterError(
    'ERR_CONTRACT',
    `${location}: not here; expected it saved beside, as ${candidates.join(' or ')}`,
  );
};

const exists = async (file: string): Promise<boolean> => {
  try {
    await readFile(file);
    return true;
  } catch {
    return false;
  }
};

const inside = (file: string, folder: string, location: string): string => {
  const way = relative(folder, file);
  if (way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`))) return file;
  throw new AdapterError('ERR_CONTRACT', `${location}: outside the contract's folder; put it inside`);
};
