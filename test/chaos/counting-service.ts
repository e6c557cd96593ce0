// Legacy or modern of the ledger, a process of its own. What it carries out is in its file before it answers, and outlives a kill -9.
// node counting-service.ts SIDE PORT FILE [close-idle] [slow=MS[-MS]]
import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { answerXml, proofOf, type Numbered, type Operation, type SideName } from './ledger.ts';

const [side = 'legacy', port = '0', file = '', ...flags] = process.argv.slice(2);
const name = side as SideName;

/** SOAP to its last byte, or `GET /read/1/2` and `POST /write` with `{"number":1,"size":2}`. Null: not the ledger's, or not whole. */
const asked = ({ method, url = '', headers }: IncomingMessage, body: string): Numbered | null => {
  const soap = /<(Read|Write) [^>]*><number>(\d+)<\/number><size>(\d+)<\/size><\/\1>( *)<\/s:Body><\/s:Envelope>$/.exec(
    body,
  );
  if (soap !== null) {
    const [operation, number, size, pad] = [soap[1] as Operation, Number(soap[2]), Number(soap[3]), soap[4]!.length];
    return headers['x-call'] === `${number}/${size}/${pad}` ? { operation, number, size } : null;
  }
  const read = /^\/read\/(\d+)\/(\d+)$/.exec(url);
  if (method === 'GET' && read !== null) return { operation: 'Read', number: Number(read[1]), size: Number(read[2]) };
  if (url !== '/write') return null;
  return { operation: 'Write', ...(JSON.parse(body) as { number: number; size: number }) };
};

const answer = (call: Numbered, isSoap: boolean, res: ServerResponse): void => {
  if (call.operation === 'Write') appendFileSync(file, `${call.number}\n`);
  const { number, size } = call;
  const text = isSoap ? answerXml(call, name) : JSON.stringify({ number, side, proof: proofOf(number, name, size) });
  const type = isSoap ? 'text/xml; charset=utf-8' : 'application/json';
  if (size % 3 === 0) {
    res.writeHead(200, { 'Content-Type': type });
    res.write(text.slice(0, text.length / 2));
    res.end(text.slice(text.length / 2));
  } else res.writeHead(200, { 'Content-Type': type, 'Content-Length': text.length }).end(text);
};

/** Ends a kept connection at a moment of chance: often just when the next call is on its way. */
const closeSoon = (socket: Socket): void => {
  setTimeout(() => (Math.random() < 0.5 ? socket.end() : socket.destroy()), Math.random() * 12).unref();
};

const [least = 0, most = least] =
  flags
    .find((flag) => flag.startsWith('slow='))
    ?.slice(5)
    .split('-')
    .map(Number) ?? [];
/** Milliseconds that a call takes: half of them little more than the least, few of them nearly the most. */
const takes = (): number => least + (most - least) * Math.random() ** 3;

/** Of calls that came through the gateway, since it was asked last. */
let counted = { asked: 0, inFlight: 0, most: 0 };
const count = (res: ServerResponse): void => {
  counted.asked++;
  counted.most = Math.max(counted.most, ++counted.inFlight);
  const since = counted;
  res.once('close', () => since.inFlight--);
};

const server = createServer((req, res) => {
  if (req.url === '/counted') {
    res.end(JSON.stringify(counted));
    counted = { asked: 0, inFlight: 0, most: 0 };
    return;
  }
  if (req.headers.via !== undefined) count(res);
  let body = '';
  req.setEncoding('latin1').on('data', (text: string) => (body += text));
  req.on('end', () => {
    const call = asked(req, body);
    if (call === null) res.writeHead(404).end();
    else if (most > 0) setTimeout(() => answer(call, body.startsWith('<'), res), takes());
    else answer(call, body.startsWith('<'), res);
    if (flags.includes('close-idle')) res.once('finish', () => closeSoon(req.socket));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(port), '127.0.0.1', () => console.log(`ready ${(server.address() as AddressInfo).port}`));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
