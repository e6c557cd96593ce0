// What a destination is asked for: the part of the path that the route covers is replaced by the path of the destination's url.
import type { Mount } from '../adapter.ts';

/** Request target as sent → as the destination has it. The bytes change only where the two paths differ (decision 5). */
export const retarget = (mount: Mount, url: string): ((target: string) => string) => {
  const own = new URL(url).pathname.replace(/\/$/, '');
  const fold = mount.iis ? (path: string) => path.toLowerCase() : (path: string) => path;
  const replace = replacing(own, mount, fold);
  return (target) => replace(target.startsWith('/') || target === '*' ? target : originForm(target));
};

/** `http://host/path` → `/path`: the client took us for a forward proxy (RFC 9112 §3.2.2). */
const originForm = (target: string): string => target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '') || '/';

const replacing = (own: string, mount: Mount, fold: (path: string) => string): ((target: string) => string) => {
  if (own === '' || fold(own) === fold(mount.path)) return (target) => target;
  return (target) => own + target.slice(covered(target, mount.path));
};

/** Length of the part of a target that a route covers: clients may have percent-encoded what needs none. */
const covered = (target: string, path: string): number => {
  let at = 0;
  for (let i = 0; i < path.length; i++, at++) {
    if (target.charCodeAt(at) === 0x25 && path.charCodeAt(i) !== 0x25) at += 2;
  }
  return at;
};
