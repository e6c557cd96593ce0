// What is to be taken back by hand, and which kept answers that means.
import type { Entry } from './entry.ts';

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
    case 'tag':
      return ({ tags }) => tags.some((tag) => shownTag(tag) === name || tag === name);
    default:
      return by satisfies never;
  }
};

/** As people write it: `GetOrder`, `GetOrder:7`, `/orders/7`. */
export const shownTag = (tag: string): string => {
  const [, operation = '', members] = /^[^:/]*:([^:/]+)(?::[^=]*=(\[.*\]))?$/s.exec(tag) ?? [];
  if (members !== undefined) return `${operation}:${(JSON.parse(members) as string[]).join(',')}`;
  return operation === '' ? tag.slice(Math.max(0, tag.indexOf('/'))) : operation;
};
