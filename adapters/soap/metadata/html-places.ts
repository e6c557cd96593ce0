// Where addresses stand on a service's help page: links, forms, and the text of a link that shows where it leads.
import type { Place } from './place.ts';

const attributeAt = /\s(?:href|src|action)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;
/** What stands in these is no markup. */
const raw = new Set(['script', 'style', 'textarea', 'title']);

/** Places of all addresses, in the order in which they stand. Text that merely mentions an address is left alone. */
export const htmlPlaces = (text: string): readonly Place[] => {
  const places: Place[] = [];
  for (let at = text.indexOf('<'); at !== -1;) {
    if (text.startsWith('<!--', at)) {
      at = next(text, '-->', at);
      continue;
    }
    const end = tagEnd(text, at);
    if (end === -1) break;
    const tag = text.slice(at, end);
    const name = /^<([a-z]+)/i.exec(tag)?.[1]?.toLowerCase() ?? '';
    if (name !== '') places.push(...attributesIn(tag, at));
    if (name === 'a') places.push(...linkText(text, end));
    at = raw.has(name) ? next(text, `</${name}`, end) : text.indexOf('<', end);
  }
  return places;
};

/** The next tag after the end of what must not be looked into. */
const next = (text: string, mark: string, from: number): number => {
  const found = mark === '-->' ? text.indexOf(mark, from) : text.toLowerCase().indexOf(mark, from);
  return found === -1 ? -1 : text.indexOf('<', mark === '-->' ? found + mark.length : found);
};

/** Just after the `>` of the tag at `at`; quotes may hold others. */
const tagEnd = (text: string, at: number): number => {
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i];
    if (char === '>') return i + 1;
    if (char !== '"' && char !== "'") continue;
    // In an end tag or a comment of another kind a quote may stand alone.
    i = text.indexOf(char, i + 1);
    if (i === -1) return -1;
  }
  return -1;
};

const attributesIn = (tag: string, at: number): Place[] =>
  [...tag.matchAll(attributeAt)].map((found) => {
    const bare = found[3];
    const value = bare ?? found[1] ?? found[2] ?? '';
    const to = at + found.index + found[0].length - (bare === undefined ? 1 : 0);
    return { from: to - value.length, to, value };
  });

const linkText = (text: string, from: number): Place[] => {
  const to = text.indexOf('<', from);
  const value = to === -1 ? '' : text.slice(from, to).trim();
  if (!/^https?:\/\/\S+$/i.test(value)) return [];
  const start = text.indexOf(value, from);
  return [{ from: start, to: start + value.length, value }];
};
