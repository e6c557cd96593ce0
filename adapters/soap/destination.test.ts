import test from 'ava';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SettingError } from '../errors.ts';
import { soapDestination } from './destination.ts';
import { goldenContract } from '../../test/helpers/contracts.ts';
import type { SoapContract } from './contract/contract.ts';

const opened = async (
  dialect?: string,
  wsdl = goldenContract('orders-split/OrderService.wsdl'),
): Promise<SoapContract> => {
  const settings = {
    adapter: 'soap',
    url: 'http://127.0.0.1:1/',
    wsdl,
    dialect,
    timeout: 1000,
    connectTimeout: 1000,
    host: 'client',
    keepAlive: true,
  } as const;
  const destination = await soapDestination('legacy', settings, () => undefined);
  destination.close();
  return destination.contract as SoapContract;
};

test('a contract speaks the dialect that its destination names, WCF where it names none', async (t) => {
  t.is((await opened()).dialect.envelopePrefix, 's');
  t.is((await opened('asmx')).dialect.envelopePrefix, 'soap');
});

test('a dialect is learned from the recorded reply that the destination names', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'dialect-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'fault.xml');
  await writeFile(file, '<x:Envelope xmlns:x="http://schemas.xmlsoap.org/soap/envelope/"><x:Body/></x:Envelope>');
  t.is((await opened(file)).dialect.faultCodes['1.1'].server, 'x:Server');
  await writeFile(file, 'no reply');
  await t.throwsAsync(opened(file), { message: /^dialect .*fault\.xml: not well-formed XML/ });
  await t.throwsAsync(opened(join(folder, 'gone')), { message: /^dialect .*gone: ENOENT/ });
});

test('a WSDL that is not there is told at its key, and that it is not there', async (t) => {
  const error = await t.throwsAsync(opened(undefined, join(tmpdir(), 'nowhere', 'gone.wsdl')), {
    instanceOf: SettingError,
  });
  t.deepEqual(error.key, ['wsdl']);
  t.regex(error.message, /gone\.wsdl: cannot be read: there is no such file$/);
});
