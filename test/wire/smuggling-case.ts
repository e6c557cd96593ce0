// Requests as attackers write them, and some that are merely odd. `{door}` is a path of the gateway, with the row's own number.

/** `refused`: an error and the end of the connection; nothing upstream. `once`: relayed as one request. `twice`: two proper ones. */
export type Fate = 'refused' | 'once' | 'twice' | 'refused or once';

export interface SmugglingCase {
  readonly title: string;
  readonly bytes: string;
  readonly fate: Fate;
  /** What the upstream is to get as the body of the first. */
  readonly body?: string;
}

export const evil = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
const visible = (text: string): string => JSON.stringify(text).slice(1, -1).slice(0, 70);

export const post = (lines: string, rest: string): string => `POST {door} HTTP/1.1\r\nHost: x\r\n${lines}\r\n${rest}`;
export const get = (lines: string, rest = ''): string => `GET {door} HTTP/1.1\r\nHost: x\r\n${lines}\r\n${rest}`;

export const table = (
  title: string,
  fate: Fate,
  values: readonly string[],
  bytes: (value: string) => string,
): SmugglingCase[] => values.map((value) => ({ title: `${title}: ${visible(value)}`, bytes: bytes(value), fate }));
