// The baskets' successor, as handlers in the gateway's process.
import type { Handler } from '../../../adapters/handler/load.ts';
import type { Json } from '../../../adapters/adapter.ts';
import samples from './samples.json' with { type: 'json' };

type Input = Readonly<Record<string, Json>>;
const rows: readonly Json[] = samples.slice(0, 3);
const empty: Json = samples[3] ?? null;
const basket = (input: Json): Json | undefined => rows[Number((input as Input)['row']) - 1];
/** A member that is null is absent in XmlSerializer's shape. */
const absent = { $absent: true };

export const GetBasket: Handler = (input) => basket(input) ?? absent;
export const EchoBasket: Handler = (input) => (input as Input)['value'] ?? absent;
export const GetBaskets: Handler = (input) => {
  const one = basket(input);
  return one === undefined ? [null] : [one, empty];
};
export const EchoBaskets: Handler = (input) => (input as Input)['value'] ?? absent;

export const Join: Handler = (input) => {
  const { left, right } = input as Record<string, string | undefined>;
  return { result: `${left ?? '(null)'}|${right ?? '(null)'}` };
};
export const Count: Handler = (input) => ({ result: (input as { of?: string }).of?.length ?? 0 });
export const Bare: Handler = (input) => ({ result: Number((input as Input)['Asked']) * 2 });
export const Tell: Handler = () => ({});
/** Its legacy throws a SoapException, which the contract does not have: the handler fails, and legacy is asked. */
export const Fail: Handler = () => {
  throw new Error('no such fault');
};
