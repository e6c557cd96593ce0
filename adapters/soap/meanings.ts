// An operation of a contract as caches compare its calls.
import type { Meanings } from '../adapter.ts';
import type { SoapOperation } from './contract/contract.ts';
import { keepableReply, relatedTo } from './keepable.ts';
import { meaningOf } from './meaning.ts';

export const soapMeanings = (operation: SoapOperation, volatile: ReadonlySet<string>): Meanings => ({
  byBody: true,
  ofCall: (call, body) => meaningOf(operation, volatile, call, body),
  ofReply: (head, body, asked) => keepableReply(operation, head, body, asked),
  again: relatedTo,
});
