// What is to be taken back by hand, and which kept answers that means.
import type { Entry } from './entry.ts';
import { alike } from './tags.ts';

export interface Purge {
  /** `tag`: `GetOrder:7`, or the path of plain HTTP, `/orders/7`. `operation`: `route.operation`. */
  readonly by: 'all' | 'key' | 'tag' | 'operation' | 'route';
  /** Empty with `all`. */
  readonly name: string;
}

/** Does this take back that answer? */
export const purges = ({ by, name }: Purge): ((entry: Entry, key: string) => boolean) => {
  switch (by) {
    case 'all':
      return () => true;
    case 'key':
      return (_, key) => key === name;
    case 'operation':
      return ({ of }) => of === name;
    case 'route':
      return ({ of }) => of.startsWith(`${name}.`);
    case 'tag': {
      const names = new Set(shownNames(name));
      return ({ tags }) => tags.some((tag) => names.has(shownTag(tag)) || tag === name);
    }
    default:
      return by satisfies never;
  }
};

/** `GetOrder:07` is `GetOrder:7`, and what was asked for none or several may be about it, as with writes. */
const shownNames = (name: string): string[] => {
  const [, operation, members] = /^([A-Z]+ \/.*|[^:/]+):(.*)$/s.exec(name) ?? [];
  if (operation === undefined || members === undefined) return [name];
  return [name, `${operation}:${members.split(',').map(alike).join(',')}`, `${operation}:?`];
};

/** As people write it: `GetOrder`, `GetOrder:7`, `GET /orders/{id}:7`, `/orders/7`; `GetOrder:?` where it was asked for none, or for several. */
export const shownTag = (tag: string): string => {
  const [, whole = '', rest] = /^http:([^:]*)(?::(.*))?$/s.exec(tag) ?? [];
  if (whole !== '') return shownOfHttp(decodeURIComponent(whole), rest);
  const [, operation = '', members] = /^[^:/]*:([^:/]+)(?::[^=]*=(\[.*\]|\?))?$/s.exec(tag) ?? [];
  if (members === '?') return `${operation}:?`;
  if (members !== undefined) return `${operation}:${(JSON.parse(members) as string[]).join(',')}`;
  return operation === '' ? tag.slice(Math.max(0, tag.indexOf('/'))) : operation;
};

/** `rest`: parameters of the path, or where it was asked for: a host, a path and a query. */
const shownOfHttp = (target: string, rest: string | undefined): string => {
  const operation = target.slice(target.indexOf('.') + 1);
  if (rest === undefined) return operation;
  const [, values] = /^[^/=]*=(\[.*\]|\?)$/s.exec(rest) ?? [];
  if (values === undefined) return rest.slice(Math.max(0, rest.indexOf('/')));
  return `${operation}:${values === '?' ? values : (JSON.parse(values) as string[]).join(',')}`;
};
