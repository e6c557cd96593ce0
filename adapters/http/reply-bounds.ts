// What a carried reply must keep to: Node's client alone would wait for ever, or believe too much.
import type { ClientRequest, IncomingMessage } from 'node:http';

const maxInterim = 100;

const fail = (asked: ClientRequest, code: string, found: string): void =>
  void asked.destroy(Object.assign(new Error(found), { code }));

/**
 * The socket's own timeout begins anew with every byte: a head that drips, and interim replies without end, would never be over.
 * `timeout`: milliseconds from the last byte of the request to the reply's whole head.
 */
export const timed = (asked: ClientRequest, timeout: number): void => {
  let reply: IncomingMessage | null = null;
  asked.once('response', (head) => (reply = head));
  // In place of the middleware's own, which tells an idle destination from one that broke off by nothing.
  asked.setTimeout(timeout, () => {
    // One whose client takes nothing for now, or has yet to send and may, owes us nothing.
    const isOurTurn = reply?.isPaused() === true || !(asked.writableEnded || asked.writableNeedDrain);
    if (!isOurTurn) fail(asked, 'ERR_TIMEOUT', `no byte within ${timeout} ms`);
  });
  let timer: NodeJS.Timeout | undefined;
  asked.once('finish', () => {
    timer = setTimeout(() => fail(asked, 'ERR_TIMEOUT', `no head of a reply within ${timeout} ms`), timeout);
  });
  for (const over of ['response', 'upgrade', 'close']) asked.once(over, () => clearTimeout(timer));
};

/** A call that asks for no upgrade. `timeout`: as above. */
export const bounded = (asked: ClientRequest, timeout: number): void => {
  timed(asked, timeout);
  let interim = 0;
  asked.on('information', () => {
    if (++interim !== maxInterim + 1) return;
    // What has come in the same packet is read all the same: the answer behind them is nobody's.
    asked.removeAllListeners('response');
    fail(asked, 'ERR_MALFORMED', `over ${maxInterim} interim replies`);
  });
  // Nobody asked for it; without a listener Node would end the connection and tell no one.
  asked.once('upgrade', (_reply, socket) => {
    socket.destroy();
    const found = new Error('101 to a request that asked for no upgrade');
    asked.emit('error', Object.assign(found, { code: 'ERR_MALFORMED' }));
  });
};

/** Node reads a reply of any version, and one coded twice as if it were chunked once; passed on, its end would be anybody's guess. */
export const isClear = ({ httpVersion, rawHeaders }: IncomingMessage): boolean => {
  const codings = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === 'transfer-encoding');
  const isCodedOnce = codings.length === 0 || (codings.length === 1 && codings[0]!.toLowerCase() === 'chunked');
  return isCodedOnce && (httpVersion === '1.1' || httpVersion === '1.0');
};
