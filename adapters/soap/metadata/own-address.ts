// Which of the addresses in a document are the service's own, and where its clients find these.
import { bareAuthority } from '../../wire/followed.ts';
import type { Place } from './place.ts';

/** A path of the destination's host that clients reach through the gateway. */
export interface Way {
  /** There, without a slash at its end; empty: all of the host. */
  readonly own: string;
  /** Path that clients have in its place. */
  readonly mount: string;
  /** Paths are compared without case. */
  readonly folds: boolean;
}

export interface Reach {
  /** Where clients come in, with the path that stands before all of the gateway's, without a slash at its end. */
  readonly publicBase: string;
  /** Of the service itself. */
  readonly way: Way;
  /** All that lead to the host, the most specific first. */
  readonly ways: readonly Way[];
  /** `host` or `host:port` that are the destination's own, in lower case, the port only where it is not the scheme's own. */
  readonly authorities: ReadonlySet<string>;
  /** Path that the destination was asked for, without query. */
  readonly asked: string;
}

interface Parts {
  readonly authority: string;
  /** Path, query and all, as written. */
  readonly rest: string;
}

/**
 * The addresses that the document must hold instead, in order; null: it stays as it is. Own is what stands at one of the
 * destination's authorities. A service may call its machine by a name that nobody told us: an address that leads to the very
 * path that was asked is the service itself, and its authority is own in all of this document. What the gateway does not lead to
 * stays as it is.
 */
export const publicAddresses = (places: readonly Place[], reach: Reach): readonly (string | null)[] => {
  const parts = places.map(({ value }) => partsOf(value));
  const self = servicePath(reach);
  const own = new Set(reach.authorities);
  for (const found of parts) {
    if (found !== null && self !== '' && isBelow(found.rest, self, reach.way.folds)) own.add(found.authority);
  }
  return places.map(({ value }, index) => {
    const found = parts[index] ?? null;
    if (found !== null) return own.has(found.authority) ? moved(found.rest, reach.publicBase, reach) : null;
    const to = value.startsWith('/') && !value.startsWith('//') ? moved(value, pathOf(reach.publicBase), reach) : null;
    return to === value ? null : to;
  });
};

/** Null for what leads elsewhere, or nowhere. */
const partsOf = (value: string): Parts | null => {
  const [, scheme = '', authority, rest = ''] = /^(https?):\/\/([^/?#\s@]+)(\S*)$/i.exec(value) ?? [];
  return authority === undefined ? null : { authority: bareAuthority(authority, scheme), rest };
};

/** Where a path of the destination's is for clients; null: the gateway does not lead there. */
const moved = (rest: string, base: string, { ways }: Reach): string | null => {
  const way = ways.find(({ own, folds }) => isBelow(rest, own, folds));
  if (way === undefined) return null;
  const { own, mount, folds } = way;
  const covered = escaped(own).length;
  const path = sameText(own, mount, folds) ? rest.slice(0, covered) : escaped(mount);
  return base + path + rest.slice(covered);
};

/** Is it this path, or one below it? As written in a document, where an `&` is escaped. */
const isBelow = (rest: string, path: string, folds: boolean): boolean => {
  const start = escaped(path);
  return sameText(rest.slice(0, start.length), start, folds) && /^(?:[/?#]|$)/.test(rest.slice(start.length));
};

const sameText = (one: string, other: string, folds: boolean): boolean =>
  one === other || (folds && one.toLowerCase() === other.toLowerCase());

const escaped = (path: string): string => path.replaceAll('&', '&amp;');

/** The service's path without what asks for something besides the service: `/mex`, a slash, what stands below the file. */
const servicePath = ({ way: { own }, asked }: Reach): string => {
  if (/\.(?:svc|asmx)$/i.test(own)) return own;
  const file = /^.*?\.(?:svc|asmx)(?=\/|$)/i.exec(asked)?.[0];
  return file ?? asked.replace(/\/mex\/?$/i, '').replace(/\/+$/, '');
};

const pathOf = (url: string): string => new URL(url).pathname.replace(/\/$/, '');
