// Values of the parameters in a path, by the name of the operation that it asks for: `GET /orders/{id}` and /orders/7.
import type { Json } from '../../adapters/adapter.ts';
import { canonicalPath, isClear, readings, targetPath } from './readings.ts';

/** Of an operation's name, in order; empty for a name that is none. */
export const parametersIn = (operation: string): readonly string[] =>
  [...operation.matchAll(/\/\{([^{}]+)\}(?=\/|$)/g)].map(([, name = '']) => name);

/** By name, as text, decoded. Null where the path can be read in several ways, or is none of the operation's. */
export const parametersOf = (operation: string): ((target: string) => Json) => {
  const template = operation.slice(operation.indexOf(' ') + 1).split('/');
  return (target) => {
    const path = targetPath(target);
    const [one, ...others] = isClear(path) ? [path] : readings(path);
    const segments = one === undefined || others.length > 0 ? [] : canonicalPath(one).split('/');
    if (segments.length !== template.length) return null;
    const found: Record<string, string> = Object.create(null) as Record<string, string>;
    for (const [at, said] of template.entries()) {
      const name = /^\{([^{}]+)\}$/.exec(said)?.[1];
      if (name !== undefined) found[name] = decoded(segments[at]!);
    }
    return found;
  };
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // no UTF-8: a value of its own
  }
};
