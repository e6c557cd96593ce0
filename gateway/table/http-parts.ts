// What the operations of one plain HTTP route have to do with kept answers: which others take theirs back, and whose they take back.
import type { HttpChange } from '../cache/http/policy.ts';
import { httpTemplate, wholeTag } from '../cache/http/template.ts';
import { namedWith, type Template } from '../cache/tags.ts';
import type { Config, RouteSettings } from '../config/settle.ts';
import { nearest } from '../lib/nearest.ts';
import { isClear, targetPath } from '../routing/readings.ts';
import { restOperations } from '../routing/rest-operations.ts';
import { parametersIn, parametersOf } from '../routing/rest-parameters.ts';

export interface HttpParts {
  /** What the file's operations take back of this one, by what. */
  readonly invalidated: (operation: string) => readonly Template[];
  /** What calls of an operation take back; null: nothing. Throws an Error for what is no operation, or no parameter of one. */
  readonly change: (operation: string, invalidates: readonly string[]) => HttpChange | null;
}

export const httpParts = (name: string, settings: RouteSettings, config: Config): HttpParts => {
  const routes = [...config.routes].filter(([, { protocol }]) => protocol === 'http');
  const said = routes.flatMap(([, { operations }]) => [...operations.values()].flatMap((each) => each.invalidates));
  const keptAt = keptBy(routes.filter(([, route]) => sharesSides(route, settings)));
  const taken = (operation: string): Template[] =>
    [...(settings.operations.get(operation)?.invalidates ?? [])].flatMap((each) => templatesOf(each, routes));
  return {
    invalidated: (operation) =>
      [...new Set(said)]
        .map((each) => namedWith(each))
        .filter((each) => each?.operation === operation)
        .map((each) => httpTemplate(name, operation, each!.members)),
    change(operation, invalidates) {
      check(operation, invalidates, routes);
      const takes = invalidates.flatMap((each) => templatesOf(each, routes));
      const uncertain = operation === 'other' ? [...settings.operations.keys()].flatMap(taken) : [];
      if (keptAt === null && takes.length === 0 && uncertain.length === 0) return null;
      const inputOf = operation === 'other' ? clearly : parametersOf(operation);
      return { keptAt: keptAt ?? (() => []), takes, uncertain, inputOf };
    },
  };
};

type Named = readonly [string, RouteSettings];

const sharesSides = (route: RouteSettings, { legacy, modern }: RouteSettings): boolean =>
  [route.legacy, route.modern].some((side) => side !== null && (side === legacy || side === modern));

const clearly = (target: string) => (isClear(targetPath(target)) ? {} : null);

/** Operations that may have kept answers of a path, as a whole; null: none keeps any. */
const keptBy = (routes: readonly Named[]): HttpChange['keptAt'] | null => {
  const kept = routes
    .map(([name, { operations }]) => ({
      name,
      operations: [...operations].filter(([, { cache }]) => cache !== null).map(([operation]) => operation),
    }))
    .filter(({ operations }) => operations.length > 0)
    .map(({ name, operations }) => ({
      find: lookup(operations),
      wholeOf: (operation: string) => wholeTag(name, operation),
      wholes: operations.map((operation) => wholeTag(name, operation)),
    }));
  if (kept.length === 0) return null;
  return (path) =>
    kept.flatMap(({ find, wholeOf, wholes }) => {
      if (find === null || !isClear(targetPath(path)) || targetPath(path) === '') return wholes;
      const operation = find('GET', path);
      return operation === null ? [] : [wholeOf(operation)];
    });
};

/** Null: what is wrong with one of them is told where its own route is made. */
const lookup = (operations: readonly string[]): ReturnType<typeof restOperations> | null => {
  try {
    return restOperations(operations);
  } catch {
    return null;
  }
};

/** Of all routes that have the operation. */
const templatesOf = (said: string, routes: readonly Named[]): Template[] => {
  const named = namedWith(said);
  if (named === null) return [];
  const { operation, members } = named;
  return routes
    .filter(([, { operations }]) => operations.has(operation))
    .map(([name]) => httpTemplate(name, operation, members));
};

const check = (own: string, invalidates: readonly string[], routes: readonly Named[]): void => {
  // Most operations say nothing, and each of them would look at all the others.
  if (invalidates.length === 0) return;
  const known = [...new Set(routes.flatMap(([, { operations }]) => [...operations.keys()]))];
  for (const said of invalidates) {
    const named = namedWith(said);
    if (named === null)
      throw new Error(
        `invalidates ${said}, expected an operation, or one with parameters such as GET /orders/{id}:{id}`,
      );
    const { operation, members } = named;
    if (!known.includes(operation)) {
      const near = nearest(operation, known);
      throw new Error(
        `invalidates ${operation}, which no route of protocol http has; ${near === null ? `they have ${known.join(', ')}` : `did you mean ${near}?`}`,
      );
    }
    for (const member of members)
      for (const each of [own, operation])
        if (!parametersIn(each).includes(member))
          throw new Error(
            `invalidates ${operation} by {${member}}, which is no parameter in the path of ${each}; ${parametersIn(each).length === 0 ? 'it has none' : `it has ${parametersIn(each).join(', ')}`}`,
          );
  }
};
