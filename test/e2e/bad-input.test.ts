// What clients and files get wrong: a clear answer, or legacy, and the process lives.
import test from 'ava';
import { writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { action, envelope, getOrder, namespace, post } from '../helpers/soap-post.ts';
import { root, eventually } from '../helpers/gateway.ts';
import { rawClient } from '../helpers/raw-client.ts';
import { ordersRig } from '../helpers/orders-rig.ts';

test.serial(
  'calls that cannot be decided go to legacy and are counted; a DOCTYPE is refused; the process lives',
  async (t) => {
    const { gateway, modern, url } = await ordersRig(t, { getOrder: 100 });
    const undecided = (reason: string) => gateway.metric('strangler_undecided_total', { route: 'orders', reason });
    const headers = { soapaction: action('GetOrder') };

    await post(url, getOrder(3).slice(0, -40), headers);
    t.is(await undecided('malformed'), 1);
    await post(url, '', headers);
    t.is(await undecided('empty'), 1);
    await post(url, envelope(`<Unheard xmlns="${namespace}"/>`), { soapaction: '"urn:unheard"' });
    t.is(await undecided('unknown'), 1);
    await post(url, envelope(`<Ping xmlns="${namespace}"/>`), headers);
    t.is(await undecided('mismatch'), 1);
    t.deepEqual(
      Object.values(modern.counters).filter((calls) => calls > 0),
      [],
    );

    const doctype = await post(url, getOrder(3).replace('<s:Envelope', '<!DOCTYPE x><s:Envelope'), headers);
    t.is(doctype.status, 500);
    t.is(doctype.type, 'text/xml; charset=utf-8');
    t.regex(doctype.text, /<faultcode>s:Client<\/faultcode>/);

    const soap12 = getOrder(3)
      .replace('http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope')
      .replace('<s:Envelope', '<!DOCTYPE x><s:Envelope');
    const told = await post(url, soap12, {
      'content-type': `application/soap+xml; charset=utf-8; action=${action('GetOrder')}`,
    });
    t.is(told.type, 'application/soap+xml; charset=utf-8');
    t.regex(told.text, /:Sender<\//);

    const good = await post(url, getOrder(3), { ...headers, 'x-client-id': 'c' });
    t.is(good.side, 'modern');
    t.is((await fetch(`${gateway.url}/nowhere`)).status, 404);
  },
);

test.serial('a refused DOCTYPE on a plain route never reaches legacy', async (t) => {
  const { gateway, url } = await ordersRig(t, { getOrder: 0 });
  const refused = await post(url, getOrder(3).replace('<s:Envelope', '<!DOCTYPE x><s:Envelope'), {
    soapaction: action('GetOrder'),
  });
  t.regex(refused.text, /<faultcode>s:Client<\/faultcode>/);
  t.is(await gateway.metric('strangler_requests_total', { side: 'legacy' }), 0);
});

test.serial('legacy gone: a fault in the caller’s version, not an error page', async (t) => {
  const { legacy, url } = await ordersRig(t, { getOrder: 0 });
  await legacy.close();
  const told = await post(url, getOrder(3), { soapaction: action('GetOrder') });
  t.is(told.status, 500);
  t.is(told.type, 'text/xml; charset=utf-8');
  t.regex(told.text, /<faultcode>s:Server<\/faultcode>/);
});

test.serial('a broken save changes nothing, is reported, and the next good save is live within a second', async (t) => {
  const { gateway, url, file } = await ordersRig(t, { getOrder: 0 });
  const broken = [
    'routes: [',
    file({ getOrder: 101 }),
    file({ getOrder: 10 }).replace('GetOrder:', 'GetOrdr:'),
    file({ getOrder: 10 }).replace('legacy: old', 'legacy: odl'),
    '',
  ];
  for (const [index, yaml] of broken.entries()) {
    await gateway.save(yaml);
    await eventually(
      async () => (await gateway.metric('strangler_config_reloads_total', { result: 'rejected' })) === index + 1,
      2000,
    );
    t.is(await gateway.metric('strangler_config_last_reload_success'), 0);
    t.is((await post(url, getOrder(3), { soapaction: action('GetOrder') })).side, 'legacy');
  }
  const report = (await (await fetch(`${gateway.admin}/readyz`)).json()) as { config: { rejected: unknown } };
  t.truthy(report.config.rejected);
  await gateway.save(file({ getOrder: 100 }));
  const took = await eventually(
    async () => (await gateway.metric('strangler_weight', { operation: 'GetOrder' })) === 100,
    2000,
  );
  t.true(took < 1000, `${took} ms`);
  t.is((await post(url, getOrder(3), { soapaction: action('GetOrder'), 'x-client-id': 'c' })).side, 'modern');
});

test.serial('check names file, line and column, all at once, with the nearest name', async (t) => {
  const { gateway, file } = await ordersRig(t, { getOrder: 0 });
  const path = join(gateway.folder, 'wrong.yaml');
  await writeFile(
    path,
    file({ getOrder: 10 })
      .replace('GetOrder:', 'GetOrdr:')
      .replace("'GET /orders/{orderId}'", "'GET /orders/{id}'")
      .replace('PlaceOrder: { effect: write', 'PlaceOrder: { efect: write'),
  );
  const first = spawnSync(join(root, 'bin/strangler.mjs'), ['check', '--config', path], { encoding: 'utf8' });
  t.is(first.status, 1);
  t.regex(first.stdout + first.stderr, /wrong\.yaml:\d+:\d+.*efect.*effect/s);
  await writeFile(path, file({ getOrder: 10 }).replace('GetOrder:', 'GetOrdr:'));
  const second = spawnSync(join(root, 'bin/strangler.mjs'), ['check', '--config', path], { encoding: 'utf8' });
  t.is(second.status, 1);
  t.regex(second.stdout + second.stderr, /wrong\.yaml:\d+:\d+.*GetOrdr.*GetOrder/s);
});

test('a chunked call that flows by and ends before it told its operation is counted as undecided', async (t) => {
  const { gateway, url } = await ordersRig(t, { getOrder: 0 });
  const undecided = (reason: string) => gateway.metric('strangler_undecided_total', { route: 'orders', reason });
  const send = async (...pieces: string[]) => {
    const client = rawClient(t, Number(new URL(url).port));
    client.send(
      `POST /OrderService.svc HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: ${action('GetOrder')}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`,
    );
    for (const piece of pieces) client.send(`${piece.length.toString(16)}\r\n${piece}\r\n`);
    client.send('0\r\n\r\n');
    return client.until(() => false);
  };
  const call = getOrder(3);
  t.regex(await send(call.slice(0, 50), call.slice(50)), /^HTTP\/1\.1 200/);
  t.is(await gateway.metric('strangler_undecided_total'), 0);
  await send(call.slice(0, 50), call.slice(50, call.indexOf('<GetOrder')));
  await eventually(async () => (await undecided('malformed')) === 1);
  await send();
  await eventually(async () => (await undecided('empty')) === 1);
  await send(getOrder(3).replaceAll('GetOrder', 'Ping'));
  await eventually(async () => (await undecided('mismatch')) === 1);
});
