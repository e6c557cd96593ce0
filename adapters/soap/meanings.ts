// A contract's operations as caches compare them.
import type { Meanings } from '../adapter.ts';
import { operationOf } from './bridge.ts';
import type { SoapContract } from './contract/contract.ts';
import { keepableReply, relatedTo } from './keepable.ts';
import { meaningOf } from './meaning.ts';

/** Throws an AdapterError that says why an operation can only be passed through. */
export const soapMeanings =
  (contract: SoapContract) =>
  (name: string, volatile: ReadonlySet<string>): Meanings => {
    const operation = operationOf(contract, name);
    return {
      ofCall: (call, body) => meaningOf(operation, volatile, call, body),
      ofReply: (head, body, asked) => keepableReply(operation, head, body, asked),
      again: relatedTo,
    };
  };
