// A contract's documents as files of one folder, referring to each other by name: what is kept in git and served from.
import type { LoadedDocument } from './documents.ts';

export interface SnapshotFile {
  readonly name: string;
  readonly text: string;
}

/** The first file is the WSDL to name in the configuration. In UTF-8, the documents' text kept but for their locations. */
export const snapshotOf = (loaded: readonly LoadedDocument[]): SnapshotFile[] => {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const document of loaded) names.set(document.address, freeName(document, taken));
  return loaded.map((document) => ({
    name: names.get(document.address) ?? '',
    text: rewritten(document, names),
  }));
};

/** From the last part of the address: `Orders.svc?xsd=xsd0` becomes `Orders.xsd0.xsd`. */
const freeName = ({ address, root }: LoadedDocument, taken: Set<string>): string => {
  const [path = '', query = ''] = address.split('?');
  const last = /([^/\\]*)[/\\]*$/.exec(path)?.[1] ?? '';
  const part = /(?:wsdl|xsd)=([\w.-]+)/i.exec(query)?.[1];
  const extension = root.local === 'schema' ? 'xsd' : 'wsdl';
  const plain = [last.replace(/\.(wsdl|xsd|xml|svc|asmx|php)$/i, ''), part?.replace(/\.(wsdl|xsd)$/i, '')]
    .filter((piece) => piece !== undefined)
    .join('.')
    .replaceAll(/[^\w.-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  const base = plain === '' ? 'contract' : plain;
  // Folders on some machines tell no case apart.
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? `${base}.${extension}` : `${base}-${count}.${extension}`;
    if (taken.has(name.toLowerCase())) continue;
    taken.add(name.toLowerCase());
    return name;
  }
};

// Bounded: text that only looks like a tag must not be searched to the end for each.
const referring = /<(?:[\w.-]+:)?(?:import|include|redefine|override)\b(?:[^>"']|"[^"]*"|'[^']*'){0,2000}>/g;
const location = /(\s(?:schemaLocation|location)\s*=\s*)("[^"]*"|'[^']*')/;

const rewritten = ({ text, locations }: LoadedDocument, names: ReadonlyMap<string, string>): string =>
  text.replace(/^(<\?xml[^>]*?\sencoding\s*=\s*)(?:"[^"]*"|'[^']*')/, '$1"utf-8"').replaceAll(referring, (tag) =>
    tag.replace(location, (attribute, start: string, quoted: string) => {
      const to = locations.get(unescaped(quoted.slice(1, -1)).trim());
      const name = to === undefined ? undefined : names.get(to);
      return name === undefined ? attribute : `${start}"${encodeURI(name)}"`;
    }),
  );

const unescaped = (value: string): string =>
  value
    .replaceAll(/&#(?:x([\da-f]{1,5})|(\d{1,6}));/gi, (_, hex?: string, decimal?: string) =>
      String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)),
    )
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
