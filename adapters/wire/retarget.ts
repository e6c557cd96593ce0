// What a destination is asked for: the part of the path that the route covers is replaced by the path of the destination's url,
// or the route's `rewrite` says what is replaced by what.
import type { Entrance, Mount } from '../adapter.ts';

/** Both without a slash at the end; empty: the root. */
export interface Replaced {
  /** As clients have it. */
  readonly mount: string;
  /** As the destination has it. */
  readonly own: string;
}

/** Request target as sent → as the destination has it. The bytes change only where the two paths differ (decision 5). */
export const retarget = (mount: Mount, url: string): ((target: string) => string) => {
  const replace = replacing(replacedOf({ mount, url }));
  return (target) => (target === '*' ? target : replace(target.startsWith('/') ? target : originForm(target)));
};

/** Null: the path stays as it came. */
export const replacedOf = ({ mount, url }: Entrance): Replaced | null => {
  const { rewrite = null } = mount;
  const found =
    rewrite === null
      ? { mount: mount.path, own: bare(new URL(url).pathname) }
      : { mount: bare(rewrite.prefix), own: bare(rewrite.to) };
  // A url without a path says nothing of paths.
  if (rewrite === null && found.own === '') return null;
  return isSame(found, mount.iis) ? null : found;
};

const isSame = ({ mount, own }: Replaced, folds: boolean): boolean =>
  mount === own || (folds && mount.toLowerCase() === own.toLowerCase());

const bare = (path: string): string => path.replace(/\/+$/, '');

/** `http://host/path` → `/path`: the client took us for a forward proxy (RFC 9112 §3.2.2). */
const originForm = (target: string): string => target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '') || '/';

const replacing = (replaced: Replaced | null): ((target: string) => string) => {
  if (replaced === null) return (target) => target;
  const { mount, own } = replaced;
  return (target) => {
    const there = own + target.slice(covered(target, mount));
    return there.startsWith('/') ? there : `/${there}`;
  };
};

/** Length of the part of a target that a route covers: clients may have percent-encoded what needs none. */
const covered = (target: string, path: string): number => {
  let at = 0;
  for (let i = 0; i < path.length; i++, at++) {
    if (target.charCodeAt(at) === 0x25 && path.charCodeAt(i) !== 0x25) at += 2;
  }
  return at;
};
