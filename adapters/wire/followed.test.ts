import test from 'ava';
import { plainCall } from '../../test/helpers/plain-call.ts';
import { followedLines, following } from './followed.ts';
import type { Mount } from '../adapter.ts';

interface Case {
  readonly path?: string;
  readonly rewrite?: Mount['rewrite'];
  readonly url?: string;
  readonly host?: string;
  readonly base?: string | null;
  readonly iis?: boolean;
  readonly line: readonly [name: string, value: string];
  readonly wanted?: string;
}
const follows = test.macro<[Case]>({
  exec(
    t,
    { path = '/legacy', rewrite = null, url = 'http://10.0.0.5:7001', host, base = 'https://api.example.com', ...rest },
  ) {
    const { iis = false, line, wanted } = rest;
    const entrance = { mount: { path, iis, rewrite }, url, host: host ?? null, cameIn: () => base };
    const raw = ['X', 'y', ...line];
    const lines = followedLines(following(entrance))(raw, plainCall({ raw: ['Host', 'api.example.com'] }));
    if (wanted === undefined) t.is(lines, raw);
    else t.deepEqual(lines, ['X', 'y', line[0], wanted]);
  },
  title: (name = '', { line }) => `${name}: ${line.join(': ')}`,
});
const root = { prefix: '/legacy', to: '/' };
const deep = { url: 'http://10.0.0.5:7001/App/v1', path: '/orders' };
const to = (line: string, wanted?: string, name = 'LOCATION'): Case => ({
  line: [name, line],
  ...(wanted === undefined ? {} : { wanted }),
});

// paths as they came
test('a path stays', follows, to('/a?b#c'));
test('what is relative stays', follows, to('a/b'));
test(
  'the destination’s origin becomes the public one',
  follows,
  to('http://10.0.0.5:7001/a?b', 'https://api.example.com/a?b'),
);
test('also without a path', follows, to('http://10.0.0.5:7001', 'https://api.example.com'));
test(
  'the Host it was asked with, in its own scheme',
  follows,
  to('http://api.example.com/a', 'https://api.example.com/a'),
);
test('that Host’s name with its own port', follows, to('http://api.example.com:7001/a', 'https://api.example.com/a'));
test('without a scheme', follows, to('//10.0.0.5:7001/a', '//api.example.com/a'));
test('the public origin stays', follows, to('https://api.example.com/a'));
test('another host', follows, to('http://10.0.0.6:7001/a'));
test('another port', follows, to('http://10.0.0.5:7002/a'));
test('another scheme of the destination’s host', follows, to('https://10.0.0.5:7001/a'));
test('user information is no host', follows, to('http://10.0.0.5:7001@evil.example/a'));
test(
  'Content-Location follows',
  follows,
  to('http://10.0.0.5:7001/a', 'https://api.example.com/a', 'Content-location'),
);
test('nobody knows where the client came in', follows, { ...to('http://10.0.0.5:7001/a'), base: null });
test('a name of the same length', follows, to('http://10.0.0.5:7001/a', undefined, 'X-Locate'));
test('cookies stay', follows, to('a=/; Path=/app; HttpOnly', undefined, 'Set-Cookie'));

// a way up to TLS
test('to TLS at the same name', follows, { ...to('https://api.example.com/a'), base: 'http://api.example.com' });

// rewritten
const rewritten = (line: string, wanted?: string, name?: string): Case => ({
  ...to(line, wanted, name),
  rewrite: root,
});
test('rewrite', follows, rewritten('/a', '/legacy/a'));
test('rewrite', follows, rewritten('/', '/legacy/'));
test('rewrite', follows, rewritten('http://10.0.0.5:7001/a', 'https://api.example.com/legacy/a'));
test('rewrite', follows, rewritten('https://api.example.com/a', 'https://api.example.com/legacy/a'));
test('rewrite', follows, rewritten('https://elsewhere.example/a'));
test('rewrite', follows, rewritten('//elsewhere.example/a'));
test('rewrite', follows, rewritten('5; url=/a', '5; url=/legacy/a', 'Refresh'));
test(
  'rewrite',
  follows,
  rewritten("0;URL='http://10.0.0.5:7001/a'", "0;URL='https://api.example.com/legacy/a'", 'refresh'),
);
test('rewrite', follows, rewritten('30', undefined, 'Refresh'));
test('rewrite', follows, rewritten('a=b;path=/x', 'a=b;path=/legacy/x', 'Set-Cookie'));
test('rewrite', follows, rewritten('a=b; Path=/; Secure', 'a=b; Path=/legacy; Secure', 'set-cookie'));
test('rewrite', follows, rewritten('path=/x', undefined, 'Set-Cookie'));
const below = { rewrite: { prefix: '/legacy', to: '/app' }, path: '/legacy/orders' };
test('part of a path', follows, { ...to('/app/orders/7', '/legacy/orders/7'), ...below });
test('part of a path', follows, { ...to('/application/7'), ...below });

// the url's own path
test('url path', follows, { ...to('/App/v1/7?x', '/orders/7?x'), ...deep });
test('url path', follows, { ...to('/App/v1', '/orders'), ...deep });
test('url path', follows, { ...to('/App/v2'), ...deep });
test('url path', follows, { ...to('/app/V1/7'), ...deep });
test('url path, as IIS has it', follows, { ...to('/app/V1/7', '/orders/7'), ...deep, iis: true });
test('url path', follows, { ...to('http://10.0.0.5:7001/login', 'https://api.example.com/login'), ...deep });
test('url path', follows, { ...to('a=b; Path=/App/v1/', 'a=b; Path=/orders/', 'Set-Cookie'), ...deep });
test('a cookie of all the application reaches all of the route', follows, {
  ...to('a=b; Path=/App; HttpOnly', 'a=b; Path=/orders; HttpOnly', 'Set-Cookie'),
  ...deep,
});
test('a cookie of the whole host stays one', follows, { ...to('a=b; Path=/', undefined, 'Set-Cookie'), ...deep });
test('a cookie of another path', follows, { ...to('a=b; Path=/Ap', undefined, 'Set-Cookie'), ...deep });

// the domain of cookies
const named = { url: 'http://orders.corp.example', host: 'orders.corp.example' };
test('the destination’s domain', follows, {
  ...to('a=b; Domain=.corp.example; Path=/', 'a=b; Domain=api.example.com; Path=/', 'Set-Cookie'),
  ...named,
});
test('the client’s domain', follows, { ...to('a=b; domain=example.com', undefined, 'Set-Cookie'), ...named });
test('a stranger’s domain', follows, { ...to('a=b; domain=other.example', undefined, 'Set-Cookie'), ...named });
