import { hash } from 'node:crypto';
import type { Script } from './state.ts';

/** Lua that runs inside the store, as one step. */
export const script = (text: string): Script => ({ text, sha1: hash('sha1', text) });
