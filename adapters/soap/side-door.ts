// ASMX's other entrances. They lead to the same operations, but what is posted there is read as a form or as JSON and never as SOAP.
import { retarget } from '../wire/retarget.ts';
import type { Entrance } from '../adapter.ts';

/** Anything below the file: ASP.NET calls it path info, and hands no SOAP on that has some, be it one slash. */
const below = /(?:\.|%2e)asmx(?:[/\\]|%2f|%5c)/i;

/**
 * Does a request target lead past the SOAP entrance of an ASMX service? Null where none can: there is no `.asmx` on either side of the
 * route, and nothing has to be asked per call.
 */
export const sideDoor = ({ mount, url }: Entrance): ((target: string) => boolean) | null => {
  const own = new URL(url).pathname;
  const file = own === '/' ? mount.path : own;
  if (/\.svc\/?$/i.test(file)) return null;
  const there = retarget(mount, url);
  const isFile = /\.asmx$/i.test(file);
  // The service itself, as nearly every call asks for it, is told by its length.
  return (target) => !(isFile && target.length === mount.path.length) && below.test(there(pathOf(target)));
};

const pathOf = (target: string): string => target.split('?', 1)[0] ?? '';
