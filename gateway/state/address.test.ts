import test from 'ava';
import { addressOf } from './address.ts';

const plain = { tls: false, username: null, password: null, db: 0, name: null };

test('one server, Sentinels and clusters are told apart, with usual ports', (t) => {
  t.deepEqual(addressOf('redis://redis'), { ...plain, kind: 'single', nodes: [{ host: 'redis', port: 6379 }] });
  t.deepEqual(addressOf('rediss://u:p%40%2F@[::1]:7000/3'), {
    kind: 'single',
    tls: true,
    nodes: [{ host: '::1', port: 7000 }],
    username: 'u',
    password: 'p@/',
    db: 3,
    name: null,
  });
  t.deepEqual(addressOf('redis+sentinel://:secret@a,b:1/orders/2'), {
    ...plain,
    kind: 'sentinel',
    nodes: [
      { host: 'a', port: 26_379 },
      { host: 'b', port: 1 },
    ],
    password: 'secret',
    db: 2,
    name: 'orders',
  });
  t.is(addressOf('rediss+cluster://a,b,c/')?.nodes.length, 3);
});

test('what cannot be meant is none', (t) => {
  for (const said of [
    'memory',
    'redis:',
    'redis://',
    'http://a',
    'redis://a,b',
    'redis://a:0',
    'redis://a:70000',
    'redis://a/x',
    'redis://a/1/2',
    'redis://%zz@a',
    'redis+sentinel://a',
    'redis+cluster://a/1',
    'redis+unix://a',
  ])
    t.is(addressOf(said), null, said);
});
