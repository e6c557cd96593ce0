// What a destination is told of where a call comes from: RFC 7239 `Forwarded`, and the X-Forwarded-* that were there before it.
// A client cannot say it of itself: its words are replaced. A proxy that is trusted can: its words are extended.
import type { Call, Forwarding, Raw } from '../adapter.ts';

/** The lines of a call as its destination gets them; the very array where nothing changes, as on most calls. */
export const forwardedLines = ({ forwarded, trusts }: Forwarding): ((call: Call) => Raw) => {
  const begins = {
    forwarded: forwarded === 'forwarded' || forwarded === 'both',
    xForwarded: forwarded === 'x-forwarded' || forwarded === 'both',
  };
  return (call) => {
    const { raw } = call.head;
    if (forwarded === 'none' && !hasClaims(raw)) return raw;
    return trusts(call.client.address) ? extended(call, begins) : replaced(call, begins);
  };
};

/** What a call that the gateway makes anew takes over. Not what tells of paths, which are others there. */
const travelling = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-real-ip',
];

/** Of the lines above those that tell who calls, by which host and scheme. `but`: lower-case names that the new call has a word of its own for. */
export const originLines = (forwarding: Forwarding, but: readonly string[] = []): ((call: Call) => Raw) => {
  const lines = forwardedLines(forwarding);
  const taken = new Set(travelling.filter((name) => !but.includes(name)));
  return (call) => {
    const raw = lines(call);
    const kept: string[] = [];
    for (let i = 0; i < raw.length; i += 2) if (taken.has(claimOf(raw[i]!) ?? '')) kept.push(raw[i]!, raw[i + 1]!);
    return kept;
  };
};

/** Where nobody said whose word counts. */
export const nobodys = (): boolean => false;

interface Begins {
  readonly forwarded: boolean;
  readonly xForwarded: boolean;
}

const hasClaims = (raw: Raw): boolean => {
  for (let i = 0; i < raw.length; i += 2) if (claimOf(raw[i]!) !== null) return true;
  return false;
};

const prefix = 'x-forwarded-';
const others: ReadonlySet<string> = new Set(['x-real-ip', 'x-original-url', 'x-rewrite-url']);

/** Lower-case name of a header that says where a call comes from, or what it once asked for (reliability R3); null for all others. */
export const claimOf = (name: string): string | null => {
  const first = name.charCodeAt(0) | 0x20;
  if (first === 0x78) {
    const lower = name.toLowerCase();
    return lower.startsWith(prefix) || others.has(lower) ? lower : null;
  }
  return first === 0x66 && name.length === 9 && name.toLowerCase() === 'forwarded' ? 'forwarded' : null;
};

/** Of what a client said, the names stay, each once, with what is so; what nobody can know of here goes. */
const replaced = (call: Call, begins: Begins): Raw => {
  const { raw } = call.head;
  const lines: string[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const claim = claimOf(name);
    if (claim === null) lines.push(name, raw[i + 1]!);
    else if (!seen.has(claim)) {
      seen.add(claim);
      const value = truth(claim, call);
      if (value !== null) lines.push(name, value);
    }
  }
  if (begins.xForwarded) begin(lines, call, seen);
  if (begins.forwarded && !seen.has('forwarded')) lines.push('Forwarded', element(call));
  return lines;
};

const told = ['X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host'];
const none: ReadonlySet<string> = new Set();

/** X-Forwarded-* but for what is there. */
const begin = (lines: string[], call: Call, there: ReadonlySet<string>): void => {
  for (const name of told) {
    const value = there.has(name.toLowerCase()) ? null : truth(name.toLowerCase(), call);
    if (value !== null) lines.push(name, value);
  }
};

/** Null: not known. */
const truth = (claim: string, call: Call): string | null => {
  if (claim === 'forwarded') return element(call);
  if (claim === 'x-forwarded-for') return addressOf(call);
  if (claim === 'x-forwarded-proto') return schemeOf(call);
  if (claim === 'x-forwarded-host') return call.header('host');
  if (claim === 'x-forwarded-port') return portOf(call);
  return null;
};

/** What a trusted proxy said stays, and gets its own address. A form in which it said nothing is begun with what it said in the other. */
const extended = (call: Call, begins: Begins): Raw => {
  const { raw } = call.head;
  const last = { forwarded: -1, 'x-forwarded-for': -1 };
  let saysX = false;
  for (let i = 0; i < raw.length; i += 2) {
    const claim = claimOf(raw[i]!);
    if (claim === 'forwarded' || claim === 'x-forwarded-for') last[claim] = i;
    saysX ||= claim?.startsWith(prefix) ?? false;
  }
  const lines = [...raw];
  const [standard, older] = [last.forwarded, last['x-forwarded-for']];
  if (older !== -1) lines[older + 1] = appended(raw[older + 1]!, addressOf(call));
  // A chain that was told in the newer form only: begun here, it would name the proxy as the client.
  else if (begins.xForwarded && !saysX && standard === -1) begin(lines, call, none);
  if (standard !== -1) lines[standard + 1] = appended(raw[standard + 1]!, element(call));
  else if (begins.forwarded) lines.push('Forwarded', appended(fromOlder(call), element(call)));
  return lines;
};

const appended = (said: string, more: string): string => (said.trim() === '' ? more : `${said}, ${more}`);

/** RFC 7239 §7.4: the chain of X-Forwarded-For in the newer form. Scheme and host are its only hop's, or nobody knows whose. */
const fromOlder = (call: Call): string => {
  const hops = valuesOf(call.head.raw, 'x-forwarded-for').map((hop) => `for=${nodeOf(hop)}`);
  const [scheme = ''] = valuesOf(call.head.raw, 'x-forwarded-proto');
  const [host = ''] = valuesOf(call.head.raw, 'x-forwarded-host');
  if (hops.length !== 1) return hops.join(', ');
  return `${hops[0]}${host === '' ? '' : `;host=${valueOf(host)}`}${/^https?$/i.test(scheme) ? `;proto=${scheme}` : ''}`;
};

const valuesOf = (raw: Raw, name: string): string[] => {
  const values: string[] = [];
  for (let i = 0; i < raw.length; i += 2) if (raw[i]!.toLowerCase() === name) values.push(...raw[i + 1]!.split(','));
  return values.map((value) => value.trim()).filter((value) => value !== '');
};

/** One hop: this connection's. */
const element = (call: Call): string => {
  const host = call.header('host');
  return `for=${nodeOf(addressOf(call))}${host === null ? '' : `;host=${valueOf(host)}`};proto=${schemeOf(call)}`;
};

/** RFC 7239 §6: an IPv6 address in brackets, and therefore quoted; what is no address is not told. */
const nodeOf = (hop: string): string => {
  if (/^[\d.]+$/.test(hop)) return hop;
  if (/^[\d.]+:\d+$/.test(hop) || /^\[[\da-f:.]+\](?::\d+)?$/i.test(hop)) return `"${hop}"`;
  return /^[\da-f:.]+$/i.test(hop) ? `"[${hop}]"` : 'unknown';
};

const valueOf = (text: string): string =>
  /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

/** IPv4 as such, also where a socket for both families has it as `::ffff:192.0.2.1`; a zone is nobody else's business. */
const addressOf = ({ client: { address } }: Call): string => {
  if (!address.includes(':')) return address === '' ? 'unknown' : address;
  const bare = address.split('%', 1)[0] ?? '';
  return /^::ffff:([\d.]+)$/i.exec(bare)?.[1] ?? bare;
};

const schemeOf = ({ client }: Call): string => (client.secure ? 'https' : 'http');

const portOf = (call: Call): string | null => {
  const host = call.header('host');
  if (host === null) return null;
  return /:(\d+)$/.exec(host)?.[1] ?? (call.client.secure ? '443' : '80');
};
