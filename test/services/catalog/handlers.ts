// The catalog's successor, as handlers in the gateway's process. Values are what samples.json says, or computed from the input.
import { HandlerFault, type Handler } from '../../../adapters/handler/load.ts';
import type { Json } from '../../../adapters/adapter.ts';
import samples from './samples.json' with { type: 'json' };

type Input = Readonly<Record<string, Json>>;
const rows: Readonly<Record<string, readonly Json[]>> = {
  ...samples,
  Texts: [...samples.Texts.slice(0, 3), ['x'.repeat(70_000), 'ü😀'.repeat(5000)], ...samples.Texts.slice(4)],
};

const get =
  (kind: string): Handler =>
  (input) =>
    rows[kind]?.[Number((input as Input)['row']) - 1] ?? null;
/** What a member is that a caller left out: the default of its type, as a data contract has it. */
const defaults: Readonly<Record<string, Input>> = {
  Scalars: {
    ...(samples.Scalars[5] as Input),
    Char: 0,
    DateTime: '0001-01-01T00:00:00',
    TimeSpan: 'PT0S',
    Decimal: '0',
    Double: 0,
    Float: 0,
  },
  Nullables: samples.Nullables[0] as Input,
  Lists: samples.Lists[0] as Input,
  Tree: { Name: null, Children: null },
  Item: { Price: '0' },
};

type Fill = (value: Json) => Json;
const object =
  (kind: string, members: Readonly<Record<string, Fill>> = {}): Fill =>
  (value) => {
    if (value === null) return null;
    const whole: Record<string, Json> = { ...defaults[kind], ...(value as Input) };
    for (const [name, fill] of Object.entries(members)) whole[name] = fill(whole[name] ?? null);
    return whole;
  };
const list =
  (item: Fill): Fill =>
  (value) =>
    value === null ? null : (value as Json[]).map(item);
const item = object('Item');
const tree: Fill = (value) => object('Tree', { Children: list(tree) })(value);
const same: Fill = (value) => value;
/** No dictionary of legacy's has a key that is null; it answers such a call with a fault of its own, and is to go on doing so. */
const dictionary: Fill = (value) => {
  if (value !== null && (value as { Key: Json }[]).some(({ Key }) => Key === null))
    throw new Error('a key that is null');
  return value;
};

const echo =
  (fill: Fill): Handler =>
  (input) =>
    fill((input as Input)['value'] ?? null);

export const GetScalars = get('Scalars');
export const GetNullables = get('Nullables');
export const GetLists = get('Lists');
export const GetTexts = get('Texts');
export const GetTree = get('Tree');
export const GetShapes = get('Shapes');
export const GetAny = get('Any');
export const EchoScalars = echo(object('Scalars'));
export const EchoNullables = echo(object('Nullables'));
export const EchoLists = echo(object('Lists', { Items: list(item), Stock: dictionary, Shelves: dictionary }));
export const EchoTexts = echo(same);
export const EchoTree = echo(tree);
export const EchoShapes = echo(same);
export const EchoAny = echo(same);

const negative = (decimal: string): string => {
  if (!/[1-9]/.test(decimal)) return decimal.replace('-', '');
  return decimal.startsWith('-') ? decimal.slice(1) : `-${decimal}`;
};

export const Measure: Handler = (input) => {
  const value = (input as Input)['value'] as Input | null | undefined;
  if (value === null || value === undefined) return null;
  const { Long, Bytes, String: text, Decimal } = value as Record<string, string | null>;
  return {
    Next: String(BigInt(Long ?? '0') + 1n),
    Bytes: typeof Bytes === 'string' ? Buffer.from(Bytes, 'base64').length : -1,
    Characters: typeof text === 'string' ? text.length : -1,
    Negative: negative(Decimal ?? '0'),
  };
};

const faults: Readonly<Record<string, () => HandlerFault>> = {
  missing: () => new HandlerFault('MissingFault', { What: '<none> & "nothing"' }, 'Not found: é.'),
  limit: () => {
    const shape = { $type: 'Circle', Name: 'round', Also: null, Radius: 0.5 };
    const detail = { Most: '1.10', Until: '2024-01-02T03:04:05Z', Reasons: ['a', null], Shape: shape };
    return new HandlerFault('LimitFault', detail, 'Too much.');
  },
  'bare-limit': () =>
    new HandlerFault('LimitFault', { Most: '0', Reasons: null, Shape: null, Until: null }, 'Too little.'),
  strange: () => new HandlerFault('Strange.Fault-1', { 'an-odd_name.1': '9223372036854775807' }, 'Strange.'),
};

export const Find: Handler = (input) => {
  const { what = '' } = input as { what?: string };
  const fault = faults[what];
  if (fault !== undefined) throw fault();
  // No fault that the contract has: the handler has failed, and legacy is asked.
  if (what === 'undeclared') throw new Error('no such fault');
  return what === 'nothing' ? null : { Sku: what, Price: '0.50' };
};

const total = (count: Json | undefined): string => {
  const cents = 110n * BigInt(Number(count ?? 0));
  return `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
};
export const Price: Handler = (input) => ({ Total: total((input as Input)['Count']) });
export const PriceStamped: Handler = (input) => {
  const { Count, Sku = null } = input as Input;
  return { $headers: { Stamp: `stamp of ${(Sku as string | null) ?? ''}` }, Total: total(Count) };
};
export const Bare: Handler = (input) => [item(input), null];
export const Tell: Handler = () => ({});
