import { readFile } from 'node:fs/promises';
import type { Asked, Contract, Destination, DestinationSettings, ReplyHead, Send, Verdict } from '../adapter.ts';
import { SendError, SettingError } from '../errors.ts';
import { followedLines, followingAll } from '../wire/followed.ts';
import { forwardedLines, nobodys, originLines } from '../wire/forwarded.ts';
import { both } from '../wire/header-edit.ts';
import { measured, Room } from '../wire/measured.ts';
import { openConnections, type Connections } from '../wire/open-connections.ts';
import { askingPath, probing } from '../wire/probing.ts';
import { relay, verdictByStatus } from '../wire/relay.ts';
import { retarget } from '../wire/retarget.ts';
import { loadContract, type SoapContract } from './contract/contract.ts';
import { dialects, type Dialect } from './contract/dialect.ts';
import { learnedDialect } from './contract/learned-dialect.ts';
import { expanded } from './contract/xml/qname.ts';
import { soapInvoke, type SoapAsking } from './invoke.ts';
import { judge } from './judge.ts';
import { announcing } from './metadata/announcing.ts';
import type { ExpandedName } from './names.ts';
import { readdressing } from './readdressing.ts';
import { safeOperation } from './safe-operation.ts';
import { secure } from './security.ts';

const contractOf = async (wsdl: string, dialect: Awaited<ReturnType<typeof dialectOf>>): Promise<SoapContract> => {
  try {
    return await loadContract(wsdl, { dialect });
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const why = whyUnread(cause.cause);
    throw new SettingError(['wsdl'], why === null ? cause.message : `${cause.message}: ${why}`, { cause });
  }
};

/** Of a file; null: it was read. */
const whyUnread = (error: unknown): string | null => {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'this process may not read it';
  return code === 'EISDIR' || code === 'ENOTDIR' ? 'it is no file' : null;
};

/** A SOAP, WCF or ASMX service. Rejects when its WSDL cannot be read. */
export const soapDestination = async (
  name: string,
  settings: DestinationSettings & { adapter: 'soap' },
  tell: (what: string) => void,
): Promise<Destination> => {
  const { wsdl } = settings;
  const contract = wsdl === undefined ? null : await contractOf(wsdl, await dialectOf(settings));
  const { connections: pool, ways, origins } = await openConnections(settings, tell);
  const declared = declaredFaults(contract);
  const host = settings.host === 'destination' ? new URL(settings.url).host : null;
  const secured = await secure(settings.auth);
  const room = new Room();
  const edits = { request: settings.headers?.request ?? null, response: settings.headers?.response ?? null };
  const asking = (
    { write, timeout = null, headers = null, trusts = nobodys }: Asked,
    at: At = { pool, url: settings.url },
  ): SoapAsking => {
    if (contract === null) throw new Error(`${name} has no wsdl; expected one to translate by`);
    const { url } = at;
    const send = relay({
      pool: at.pool,
      write,
      timeout,
      retarget: (target) => target,
      host: new URL(url).host,
      request: both(headers, edits.request),
      verdict: byStatus,
    });
    const { soapVersion: version = '1.1', addressing = false, auth, forwarded = 'none' } = settings;
    const origin = originLines({ forwarded, trusts });
    return { contract, send, url, secure: secured, hasAuth: auth !== undefined, version, addressing, origin };
  };
  const { health } = settings;
  if (origins !== null && health !== undefined) {
    const { path, expect = ['2xx'], operation } = health;
    const about = { origins, ways, settings, health };
    if (path !== undefined) probing(about, askingPath({ path, expect, lines: secured.lines, edit: edits.request }));
    else if (operation !== undefined) {
      const safe = await safeOperation({ name: operation, input: health.input ?? {}, contract });
      probing(about, (own, url) => safe.asking(soapInvoke(safe.asked, asking(safe.asked, { pool: own, url }))));
    }
  }
  return {
    name,
    contract: contract satisfies Contract | null,
    files: contract?.documents.slice(1) ?? [],
    get inFlight() {
      return pool.inFlight;
    },
    health: origins,
    relay: (
      mount,
      { write, timeout = null, judged, mayBeEmpty = true, isLast = false, whence, announced, headers, affinity = null },
    ) => {
      const { url, forwarded = 'none' } = settings;
      const { trusts, cameIn } = whence;
      const there = retarget(mount, url);
      const relayed = relay({
        pool,
        affinity,
        write,
        timeout,
        retarget: there,
        host,
        lines: forwardedLines({ forwarded, trusts }),
        back: followedLines(followingAll(ways, { mount, host, cameIn })),
        request: both(headers, edits.request),
        response: edits.response,
        verdict: judged ? judge(declared, mayBeEmpty) : byStatus,
      });
      const addressed = settings.rewriteTo === true ? readdressing(relayed, { url, retarget: there, tell }) : relayed;
      const sent = settings.requestFraming === 'length' ? measured(addressed, room) : addressed;
      const send = judged && !mayBeEmpty && !isLast ? saying(sent) : sent;
      return announced === null
        ? send
        : announcing(send, { mount, urls: ways.map((way) => way.url), host, retarget: there, announced, cameIn });
    },
    // SOAP clients are answered by SOAP as it comes.
    invoke: (asked) => (asked.face === 'soap' ? null : soapInvoke(asked, asking(asked))),
    proxy: () => null,
    close: () => pool.close(),
  };
};

interface At {
  readonly pool: Connections;
  readonly url: string;
}

/** One that has a name, or one that a recorded reply shows. */
const dialectOf = async ({ dialect = 'wcf' }: { readonly dialect?: string | undefined }): Promise<Dialect> => {
  const known = dialects.get(dialect);
  if (known !== undefined) return known;
  try {
    return learnedDialect(await readFile(dialect));
  } catch (cause) {
    throw new Error(`dialect ${dialect}: ${(cause as Error).message}`, { cause });
  }
};

/** Names of all that the contract declares, by the element of their detail. */
const declaredFaults = (contract: SoapContract | null): ReadonlyMap<ExpandedName, string> => {
  const all = new Map<ExpandedName, string>();
  for (const { faultElements } of contract?.operations.values() ?? [])
    for (const [name, element] of faultElements) all.set(expanded(element), name);
  return all;
};

// Where nothing hangs on it, a fault is told by its status; its body flows on unread.
const byStatus = ({ status }: ReplyHead): Verdict => (status === 500 ? { blame: 'nobody' } : verdictByStatus(status));

/** Clients take an empty 200 or 202 for a null, without an error: whoever asks for a reply is not told nothing. */
const saying =
  (send: Send): Send =>
  async (call, deadline) => {
    const reply = await send(call, deadline);
    if (reply.head.status >= 300 || reply.body.bytes?.length !== 0) return reply;
    const found = `a ${reply.head.status} without a body; expected an envelope`;
    throw new SendError('ERR_CONTRACT', 'contract', 'all', found);
  };
