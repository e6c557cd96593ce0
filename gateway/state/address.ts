// `state:` of the file, taken apart.

export interface Address {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  readonly tls: boolean;
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly username: string | null;
  readonly password: string | null;
  readonly db: number;
  /** What the sentinels call it; null otherwise. */
  readonly name: string | null;
}

export const anAddress =
  'memory, or one of redis://host:6379, rediss://host:6379, redis+sentinel://host:26379,host:26379/name, redis+cluster://host:6379,host:6379';

const pattern =
  /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?((?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?(?:,(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?)*)((?:\/[A-Za-z0-9._-]+){0,2})\/?$/;

/** Null: not one. User and password are percent-encoded. */
export const addressOf = (said: string): Address | null => {
  const [, secure, more, credentials = '', hosts, path = ''] = pattern.exec(said) ?? [];
  if (hosts === undefined) return null;
  const kind = more === 'sentinel' || more === 'cluster' ? more : 'single';
  const nodes = hosts.split(',').map((host) => nodeOf(host, kind === 'sentinel' ? 26_379 : 6379));
  const [username, password] = credentialsOf(credentials);
  const below = path.split('/').slice(1);
  const name = kind === 'sentinel' ? (below.shift() ?? null) : null;
  const db = Number(below.shift() ?? 0);
  const isWhole =
    below.length === 0 &&
    Number.isInteger(db) &&
    username !== undefined &&
    (kind !== 'single' || nodes.length === 1) &&
    (kind !== 'sentinel' || name !== null) &&
    (kind !== 'cluster' || db === 0) &&
    nodes.every(({ port }) => port > 0 && port <= 65_535);
  return isWhole ? { kind, tls: secure === 's', nodes, username, password: password ?? null, db, name } : null;
};

const nodeOf = (said: string, usual: number): { host: string; port: number } => {
  const [, bracketed, bare, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(said) ?? [];
  return { host: bracketed ?? bare ?? '', port: port === undefined ? usual : Number(port) };
};

/** Empty: cannot be decoded. */
const credentialsOf = (said: string): readonly (string | null)[] => {
  if (said === '') return [null, null];
  const at = said.indexOf(':');
  try {
    if (at === -1) return [null, decodeURIComponent(said)];
    return [at === 0 ? null : decodeURIComponent(said.slice(0, at)), decodeURIComponent(said.slice(at + 1))];
  } catch {
    return [];
  }
};
