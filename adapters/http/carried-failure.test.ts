import test from 'ava';
import { carriedFailure } from './carried-failure.ts';

const codes = { ECONNREFUSED: 'ERR_CONNECT', EMFILE: 'ERR_FILES', ENFILE: 'ERR_FILES' };
for (const [code, expected] of Object.entries(codes))
  test(`${code} is ${expected}`, (t) => {
    const error = Object.assign(new Error(`connect ${code}`), { code });
    const failure = carriedFailure(error, { socket: null, stood: false, used: false, tls: null });
    t.like(failure, { code: expected, reason: 'connect', reached: 'nothing' });
  });
