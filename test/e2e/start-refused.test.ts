import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { startGateway } from '../helpers/gateway.ts';

const routes = `
destinations: { web: { adapter: http, url: 'http://127.0.0.1:9' } }
routes: { all: { match: { path: /** }, legacy: web } }
`;

const told = test.macro({
  async exec(t, gateway: (taken: number) => string, says: (taken: number) => string) {
    const taken = createServer().listen(0, '127.0.0.1');
    t.teardown(() => taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const error = await t.throwsAsync(
      startGateway(t, null, {
        prepare: async (folder) => {
          await writeFile(`${folder}/routes.config.yaml`, `gateway: { ${gateway(port)} }\n${routes}`);
        },
      }),
    );
    t.true(error?.message.includes(`ended with 1: strangler: ${says(port)}\n`), error?.message);
    t.notRegex(error?.message ?? '', / {4}at /);
  },
  title: (title) => title ?? '',
});
test(
  'a port that is taken is told by its key',
  told,
  (port) => `listen: '127.0.0.1:0', admin: '127.0.0.1:${port}'`,
  (port) =>
    `gateway.admin: cannot listen on 127.0.0.1:${port}: something listens there already; end it, or name another port (EADDRINUSE)`,
);
test(
  'an address of another machine is told without a stack',
  told,
  () => `listen: '192.0.2.1:8080', admin: '127.0.0.1:0'`,
  () =>
    'gateway.listen: cannot listen on 192.0.2.1:8080: this machine has no such address; expected one of its own, or 0.0.0.0 for all (EADDRNOTAVAIL)',
);
