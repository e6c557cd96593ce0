// The example tells one story three times: the WCF service, its twin in Node, and what other people's clients make of both.
import test from 'ava';
import { startLegacy } from '../../examples/orders/legacy.ts';
import { startWcf } from '../../examples/orders/legacy-wcf/start.ts';
import { runClient, type Stack } from '../helpers/clients.ts';
import { have } from '../helpers/components.ts';

const twin = test.macro({
  async exec(t, stack: Stack) {
    if (!have(t, 'mono') || (stack !== 'wcf' && !have(t, stack))) return;
    const [wcf, legacy] = [await startWcf(0), await startLegacy({ port: 0 })];
    t.teardown(() => Promise.all([wcf.close(), legacy.close()]));
    const how = { clientId: 'c-1', ids: [1, 2, 3, 4, 5, 900001], reference: `twin-${stack}` };
    const [real, copied] = [await runClient(stack, { ...how, url: wcf.url }), await runClient(stack, { ...how, url: legacy.url })];
    t.is(real.length, 15);
    t.deepEqual(copied, real);
  },
  title: (_, stack: Stack) => `${stack}: the twin answers as the WCF service does`,
});
test(twin, 'wcf');
test(twin, 'php');
test(twin, 'zeep');
