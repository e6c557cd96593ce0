// Records what real clients put on the wire, into the JSON files beside this one. Run by hand, where all of them are installed:
//
//   node test/recorded/record.ts
//
// Ports become `{host}`; all else is as it was sent. Clients that keep a connection have several requests on it.
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { baskets, callRows, catalog, startBaskets, startCatalog } from '../helpers/catalog.ts';
import type { CallerName, Version } from '../helpers/catalog.ts';
import { component, type Component } from '../helpers/components.ts';
import { recorder, requestsIn } from '../helpers/recorder.ts';

const closing: (() => unknown)[] = [];
const t = { teardown: (close: () => unknown) => void closing.push(close) };
const services = {
  catalog: {
    ...catalog,
    origin: (await startCatalog(t)).url,
    rows: ['Find what=<é>', 'GetTexts row=1 > EchoTexts', 'Price ^Token=t Sku=a Count=3', 'Tell text=hello'],
  },
  baskets: {
    ...baskets,
    origin: (await startBaskets(t)).url,
    rows: ['GetBasket row=3 > EchoBasket', 'Count ^Session.User=u of=abc', 'Tell text=hello'],
  },
};
const version = (name: Component, ...args: string[]): string =>
  execFileSync(component(name) ?? '', args)
    .toString()
    .split('\n', 1)[0]!
    .trim();
const mono = version('mono', '--version').replace(/.*version (\S+).*/, 'Mono $1');
const software = {
  wcf: `WCF on ${mono}`,
  asmx: `ASMX client on ${mono}`,
  php: version('php', '--version').replace(/ \(.*/, ''),
  zeep: `zeep ${version('zeep', '-c', 'import zeep; print(zeep.__version__)')}`,
};

const record = async (caller: CallerName, service: keyof typeof services, over: Version): Promise<void> => {
  const { origin, wsdl, paths, rows } = services[service];
  const relay = await recorder(t, new URL(origin));
  const host = `127.0.0.1:${relay.port}`;
  await callRows(caller, { version: over, wsdl, urls: [`http://${host}${paths[over]}`], rows });
  const connections = relay.connections.map(requestsIn).filter((requests) => requests.length > 0);
  const text = JSON.stringify({ client: software[caller], version: over, connections }, null, 2);
  await writeFile(join(import.meta.dirname, `${caller}-${over}.json`), `${text.replaceAll(host, '{host}')}\n`);
};

for (const over of ['soap11', 'soap12', 'ws'] as const) await record('wcf', 'catalog', over);
for (const over of ['soap11', 'soap12'] as const) {
  await record('asmx', 'baskets', over);
  await record('php', 'catalog', over);
  await record('zeep', 'catalog', over);
}
for (const close of closing) await close();
