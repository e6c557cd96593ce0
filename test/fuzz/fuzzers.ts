import { envelopeFuzzer } from './envelopes/envelope-fuzzer.ts';
import { replyFuzzer } from './replies/reply-fuzzer.ts';
import type { FuzzCase, Fuzzer } from './fuzzer.ts';

/** Each judges its own cases only. */
export const fuzzers = [replyFuzzer, envelopeFuzzer] as unknown as readonly Fuzzer<FuzzCase>[];
