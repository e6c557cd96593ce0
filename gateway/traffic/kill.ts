// What is killed goes to legacy, all of it, before any other rule. The set comes from a file, a signal or a command.

/** Kills every operation of every route. */
export const everything = '*';

/** Is this operation killed by a set that holds `*`, route names and `route.operation`? */
export const killedBy = (killed: ReadonlySet<string>, route: string, operation: string): boolean =>
  killed.size > 0 && (killed.has(everything) || killed.has(route) || killed.has(`${route}.${operation}`));

/**
 * What a kill file names: one `route` or `route.operation` a line, or `*`; `#` starts a comment. A file that names nothing kills
 * everything: `touch` must be enough at three in the morning, and half a written file must err to legacy. Only the absence of the
 * file kills nothing. Names are not checked here: compiling does that, and kills everything for one that no route has.
 */
export const parseKillFile = (text: string): ReadonlySet<string> => {
  const names = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((name) => name !== '');
  return new Set(names.length === 0 ? [everything] : names);
};
