// Where a contract's documents may come from: files inside one folder, or one host. What a document refers to never
// widens that; only whoever asked can (`allowHosts`, `root`).
import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { AdapterError } from '../../../errors.ts';
import { fetchDocument } from './fetch-document.ts';

export interface SourceOptions {
  /** Hosts, `name` or `name:port`, that documents may be fetched from besides the first document's own. */
  readonly allowHosts?: readonly string[];
  /** Folder that files may be read from; the first document's own where nothing is said. */
  readonly root?: string;
  /** Longest wait for one document of the network, in milliseconds; 10 000 where nothing is said. */
  readonly timeout?: number;
}

export interface Found {
  readonly bytes: Buffer;
  /** From the content type; null where it names none. */
  readonly charset: string | null;
}

export interface Source {
  /** Of the first document: an absolute path, or a URL. Addresses are opaque to everybody else. */
  readonly entry: string;
  /** The address that a location in the document at `from` stands for. Throws ERR_CONTRACT for one that may not be read. */
  locate(location: string, from: string): Promise<string>;
  /** Throws ERR_CONTRACT, ERR_TOO_LARGE and what `fetchDocument` does. `from` names the document that refers to it. */
  read(address: string, from: string | null): Promise<Found>;
  /** Short name for people: relative to the folder, or the URL. */
  shown(address: string): string;
}

/** Most bytes of one document. */
export const mostBytes = 16 * 1024 * 1024;

/** Is this a URL rather than a path? */
export const isUrl = (entry: string): boolean => /^https?:\/\//i.test(entry);

/** Nothing is read before it is asked for. Throws ERR_CONTRACT for a URL that holds a password. */
export const sourceOf = (entry: string, options: SourceOptions = {}): Source => {
  const hosts = new Set(options.allowHosts?.map((host) => host.toLowerCase()));
  const first = isUrl(entry) ? entryUrl(entry) : null;
  const start = first === null ? resolve(entry) : first.href;
  const folder = options.root === undefined ? dirname(start) : resolve(options.root);
  const moved = new Map<string, string>();
  // The first document's own host counts with its port: another port of it is another service.
  const isAllowed = (url: URL): boolean => url.host === first?.host || hosts.has(url.host) || hosts.has(url.hostname);
  const shown = (address: string): string => (isUrl(address) ? address : relative(folder, address) || address);

  const toUrl = (location: string, base: string | undefined): string => {
    const url = URL.canParse(location, base) ? new URL(location, base) : null;
    if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '') {
      throw refused(location, 'expected an http or https URL without a user, or a path');
    }
    url.hash = '';
    if (isAllowed(url)) return url.href;
    throw refused(
      location,
      first === null
        ? `an import that is not a file; save it beside and refer to that, or allow the host ${url.host}`
        : `on another host than the first document (${first.host}); allow the host ${url.host} if it is to be read`,
    );
  };

  return {
    entry: start,
    shown,
    locate: async (location, from) => {
      if (isUrl(from)) return toUrl(location, moved.get(from) ?? from);
      const saved = await savedBeside(location, dirname(from));
      if (saved !== null) return inside(saved, folder, location);
      if (isUrl(location) && !(isSavedMetadata(location) && hosts.size === 0)) return toUrl(location, undefined);
      if (isSavedMetadata(location))
        throw refused(location, `not here; expected it saved beside, as ${candidates(location).join(' or ')}`);
      if (/^[a-z][a-z\d+.-]+:/i.test(location)) throw refused(location, 'an import that is not a file beside this one');
      return inside(resolve(dirname(from), pathOf(location)), folder, location);
    },
    read: async (address, from) => {
      if (!isUrl(address)) return { bytes: await readBounded(address, shown(address), from), charset: null };
      const { at, ...found } = await fetchDocument(address, {
        isAllowed,
        most: mostBytes,
        timeout: options.timeout ?? 10_000,
      });
      moved.set(address, at);
      return found;
    },
  };
};

const entryUrl = (entry: string): URL => {
  if (!URL.canParse(entry)) throw refused(entry.slice(0, 200), 'expected a URL');
  const url = new URL(entry);
  if (url.username !== '' || url.password !== '') {
    throw refused(url.host, 'a URL with a user is not fetched; save the documents and name the file');
  }
  url.hash = '';
  return url;
};

const refused = (location: string, why: string): AdapterError =>
  new AdapterError('ERR_CONTRACT', `${location}: ${why}`);

const readBounded = async (file: string, shown: string, from: string | null): Promise<Buffer> => {
  let size = 0;
  try {
    ({ size } = await stat(file));
    if (size <= mostBytes) return await readFile(file);
  } catch (cause) {
    throw new AdapterError(
      'ERR_CONTRACT',
      `${shown}: cannot be read${from === null ? '' : `, but ${from} refers to it`}`,
      { cause },
    );
  }
  throw new AdapterError('ERR_TOO_LARGE', `${shown}: over ${mostBytes} bytes`);
};

// Saved metadata refers to `http://host/Orders.svc?xsd=xsd0`, JAX-WS to `?xsd=1`: the file is `xsd0.xsd` or so, beside it.
const metadata = /\?(?:[^#]*&)?(wsdl|xsd)=([\w.-]+)$/i;
const isSavedMetadata = (location: string): boolean => metadata.test(location);

const candidates = (location: string): string[] => {
  const [, kind = '', name = ''] = metadata.exec(location) ?? [];
  return [`${name}.${kind.toLowerCase()}`, name, `${name}.xml`];
};

const savedBeside = async (location: string, folder: string): Promise<string | null> => {
  if (!isSavedMetadata(location)) return null;
  for (const candidate of candidates(location)) {
    const file = resolve(folder, candidate);
    if (await isFile(file)) return file;
  }
  return null;
};

const isFile = async (file: string): Promise<boolean> => {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
};

const pathOf = (location: string): string => {
  const path = location.replace(/#.*$/, '').replaceAll('\\', '/');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

const inside = (file: string, folder: string, location: string): string => {
  const way = relative(folder, file);
  if (way !== '' && !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`)) return file;
  throw refused(location, "outside the contract's folder; put it inside");
};
