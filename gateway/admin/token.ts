import { randomBytes } from 'node:crypto';
import type { Env } from '../config/substitute.ts';

/** What changing through the admin API takes, and whether it was made up at start. */
export interface Token {
  readonly value: string;
  readonly made: boolean;
}

export const tokenOf = (env: Env): Token => {
  const given = env['STRANGLER_TOKEN'];
  return given === undefined || given === ''
    ? { value: randomBytes(24).toString('base64url'), made: true }
    : { value: given, made: false };
};
