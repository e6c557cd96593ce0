import test from 'ava';
import { sideDoor } from './side-door.ts';

const leads = test.macro<[string, string, string, boolean]>({
  exec(t, path, url, target, wanted) {
    t.is(sideDoor({ mount: { path, iis: true }, url })?.(target) ?? false, wanted);
  },
  title: (_, path, url, target, wanted) => `${target} of ${path} at ${url} ${wanted ? 'is a side door' : 'takes SOAP'}`,
});
const origin = 'http://legacy';
test(leads, '/Pay.asmx', origin, '/Pay.asmx', false);
test(leads, '/Pay.asmx', origin, '/PAY.ASMX?op=Pay', false);
test(leads, '/Pay.asmx', origin, '/Pay.asmx?x=/a.asmx/b', false);
for (const target of [
  '/Pay.asmx/Pay',
  '/pay.ASMX/',
  '/Pay.asmx/js',
  '/Pay%2easmx/Pay',
  '/Pay.asmx%2FPay',
  '//Pay.asmx/Pay',
  '/Pay.asmx\\Pay',
])
  test(leads, '/Pay.asmx', origin, target, true);
test(leads, '/pay', `${origin}/Pay.asmx`, '/pay', false);
test(leads, '/pay', `${origin}/Pay.asmx`, '/pay/Pay', true);
test(leads, '/services', `${origin}/App`, '/services/Pay.asmx', false);
test(leads, '/services', `${origin}/App`, '/services/Pay.asmx/Pay', true);
test(leads, '/Orders.svc', origin, '/Orders.svc/ws', false);

test('a WCF service has none: nothing is asked per call', (t) => {
  t.is(sideDoor({ mount: { path: '/Orders.svc', iis: true }, url: origin }), null);
  t.is(sideDoor({ mount: { path: '/orders', iis: true }, url: `${origin}/Orders.svc` }), null);
});
