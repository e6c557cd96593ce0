// The names of what takes answers of plain HTTP back.
import type { Template } from '../tags.ts';

/** Of the operation as a whole; it has two parts, as those of contracts do. */
export const wholeTag = (route: string, operation: string): string =>
  `http:${encodeURIComponent(`${route}.${operation}`)}`;

/** `members`: parameters of the path. */
export const httpTemplate = (route: string, operation: string, members: readonly string[] = []): Template => {
  const whole = wholeTag(route, operation);
  return { operation, members, id: `${whole}:${members.join(',')}`, whole };
};
