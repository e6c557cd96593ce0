// How a path may be understood by whoever gets it. What is matched must be what is executed (rule R2): a path that servers read in
// different ways is matched in all of them, and counts only if they agree.

/** Path of a request target in origin or absolute form, as sent, without query; empty for `*` and whatever else has none. */
export const targetPath = (target: string): string => {
  const path = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*/i, '');
  const query = path.indexOf('?');
  const bare = query === -1 ? path : path.slice(0, query);
  if (bare === '' && path !== target) return '/';
  return bare.startsWith('/') ? bare : '';
};

/** Percent signs, backslashes, doubled slashes, segments that begin with a dot: all that could be read in two ways. */
const unclear = /[%\\#]|\/[./]/;

/** Is there only one way to read this path? Nearly always, and then `readings` need not be asked. */
export const isClear = (path: string): boolean => !unclear.test(path);

const slashed = [/\\|%5C/g, /%2F/g, /\/{2,}/g] as const;

/**
 * Every way in which servers are known to read a path: with and without taking `\` and `%5C`, or `%2F`, for a slash, with and
 * without joining slashes. Encoded letters, digits and `-._~` are decoded in all of them (RFC 3986 §6.2.2.2).
 *
 * Empty, so that nothing matches, if any reading has a dot segment (`..`, `%2e.`, `..\`, `..;x`), and for `#` and NUL: no client
 * sends these (RFC 3986 §5.2.4 has it remove dot segments first), and every trick past a path's rule does.
 */
export const readings = (path: string): readonly string[] => {
  if (path.includes('#')) return [];
  let all = new Set([canonicalPath(path)]);
  for (const pattern of slashed) all = new Set([...all, ...[...all].map((one) => one.replace(pattern, '/'))]);
  return [...all].some(isRefused) ? [] : [...all];
};

const isRefused = (path: string): boolean => /\/\.{1,2}(?:;[^/]*)?(?:\/|$)/.test(path) || path.includes('%00');

/** One spelling of a path's percent-encoding: nothing encoded that need not be, upper-case hexadecimal digits. */
export const canonicalPath = (path: string): string =>
  path.replaceAll(/%[0-9A-Fa-f]{2}/g, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : code.toUpperCase();
  });
