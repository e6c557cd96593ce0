// What a kill names and no route has. Half a command must err towards legacy, and so must one with a slip in it.
import type { Config, RouteSettings } from '../config/settle.ts';
import { everything } from '../traffic/kill.ts';
import { contractOf } from './parts-of.ts';
import type { Making } from './making.ts';

/** Names that are neither `*` nor a route nor a `route.operation` of this file and its contracts; in their order. */
export const unclearKills = (config: Config, making: Pick<Making, 'killed' | 'opened'>): readonly string[] => {
  if (making.killed.size === 0) return [];
  const known = new Set([...config.routes].flatMap(([name, settings]) => namesOf(name, settings, making)));
  return [...making.killed].filter((name) => name !== everything && !known.has(name));
};

/** What is killed: with a name among it that says nothing here, everything is. */
export const killedWith = (killed: ReadonlySet<string>, unclear: readonly string[]): ReadonlySet<string> =>
  unclear.length === 0 ? killed : new Set([...killed, everything]);

const namesOf = (name: string, settings: RouteSettings, making: Pick<Making, 'opened'>): string[] => {
  const operations = [
    ...settings.operations.keys(),
    ...(contractOf(settings, making)?.operations.keys() ?? []),
    'other',
  ];
  return [name, ...operations.map((operation) => `${name}.${operation}`)];
};
