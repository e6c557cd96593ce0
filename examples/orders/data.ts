// What the orders are: the same function as legacy-wcf/OrderData.cs, to the last digit. Change both or neither.
// Values are in the JSON form of the contract: long and decimal as text, null for nil, enums by name.
import { formatDecimal, parseDecimal, total } from './decimal.ts';

export const statuses = ['New', 'Paid', 'Shipped', 'Cancelled'] as const;
export type OrderStatus = (typeof statuses)[number];

export interface OrderLine {
  readonly Price: string;
  readonly Quantity: number;
  readonly Sku: string | null;
}
/** Members in the order of the schema. */
export interface Order {
  readonly Amount: string;
  readonly Customer: { readonly Code: string; readonly Name: string };
  readonly Id: string;
  readonly Lines: readonly OrderLine[] | null;
  readonly Note: string | null;
  readonly Number: string;
  readonly Placed: string;
  readonly Serial: string;
  readonly ShippedAt: string | null;
  readonly Status: OrderStatus;
  readonly Tags: readonly (string | null)[] | null;
  /** Absent, not null, where an order has none. */
  readonly Channel?: string;
}
/** Members may be absent: the contract does not require them. */
export interface NewOrderLine {
  readonly Price?: string;
  readonly Quantity?: number;
  readonly Sku?: string | null;
}
export interface NewOrder {
  readonly ClientRef: string | null;
  readonly CustomerCode?: string | null;
  readonly Lines?: readonly (NewOrderLine | null)[] | null;
  readonly Note?: string | null;
}
export interface OrderReceipt {
  readonly ClientRef: string;
  readonly Number: string;
  readonly Status: OrderStatus;
  readonly Total: string;
}
export interface ValidationFault {
  readonly Field: string;
  readonly Reason: string;
}

/** Orders 1 to 899 999 exist. */
export const end = 900_000;
const maxList = 100;

const names = [
  'Plain Trading Ltd',
  'Müller & Söhne',
  "O'Neil <Imports>",
  'Møller "Nord" ApS',
  '株式会社 青空',
] as const;
const notes = [
  null,
  '',
  '  a & b < c, then ]]> and "quotes"  ',
  'line one\nline two\tand a tab',
  'leave it at the door',
] as const;
const channels = [null, 'web', 'phone'] as const;
/** How a DateTime ends by its kind: UTC, the local time of a machine at UTC+2, unspecified. */
const zones = ['Z', '+02:00', ''] as const;
const taggings = [null, [], ['a', null, ''], ['urgent', 'größer', '😀']] as const;

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;
const cents = (units: number): string => formatDecimal({ units: BigInt(units), scale: 2 });

/** Status of order `n`. */
const statusOf = (n: number): OrderStatus => pick(statuses, Math.floor(n / 7));

/** Every tenth order has more digits than a double can hold, and zeros at the end that are part of the price. */
const amountOf = (n: number): string =>
  n % 10 === 7
    ? formatDecimal({ units: 12345678901234567890123400n + BigInt(n * 1000), scale: 4 })
    : cents((n * 110) % 10_000_000);

const linesOf = (n: number): OrderLine[] =>
  Array.from({ length: n % 4 }, (_, i) => ({
    Price: cents((n * 37 + i * 101) % 100_000),
    Quantity: ((n + i) % 9) + 1,
    Sku: `SKU-${String((n * 7 + i * 13) % 1000).padStart(3, '0')}`,
  }));

/** `yyyy-MM-ddTHH:mm:ss` and up to seven digits of a second, as .NET writes ticks (100 ns). */
const timeOf = (ticks: bigint): string => {
  const iso = new Date(Date.UTC(2024, 0, 1) + Number(ticks / 10_000n)).toISOString();
  const fraction = `${iso.slice(20, 23)}${String(ticks % 10_000n).padStart(4, '0')}`.replace(/0+$/, '');
  return `${iso.slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}`;
};

const secondTicks = 10_000_000n;
const dayTicks = 86_400n * secondTicks;

const at = (n: number): Order => {
  const placed = BigInt(n) * 123_456_789_013n;
  const shipped = (placed / secondTicks) * secondTicks + 2n * dayTicks;
  const channel = pick(channels, n);
  return {
    Amount: amountOf(n),
    Customer: { Code: `C${String(n % 200).padStart(4, '0')}`, Name: pick(names, n) },
    Id: `${n.toString(16).padStart(8, '0')}-0de5-4a11-8b0b-${(n * 1_000_003).toString(16).padStart(12, '0')}`,
    Lines: n % 11 === 0 ? null : linesOf(n),
    Note: pick<string | null>(notes, n),
    Number: String(n),
    Placed: `${timeOf(placed)}${pick(zones, n)}`,
    Serial: String(9007199254740993n + BigInt(n - 1) * 2n),
    ShippedAt: n % 3 === 0 ? null : `${timeOf(shipped)}Z`,
    Status: statusOf(n),
    Tags: pick<readonly (string | null)[] | null>(taggings, n),
    ...(channel === null ? {} : { Channel: channel }),
  };
};

/** The order with this number (digits), or null. */
export const findOrder = (number: string): Order | null => {
  const n = BigInt(number);
  return n >= 1n && n < BigInt(end) ? at(Number(n)) : null;
};

const numbersOf = (customer: string | null): { first: number; step: number } | null => {
  if (customer === null) return { first: 1, step: 1 };
  const code = /^C(0[01]\d\d)$/.exec(customer)?.[1];
  return code === undefined ? null : { first: Number(code) || 200, step: 200 };
};

/** Orders of a customer (`C0007`; null: of all) in a status (null: any), by number; at most `max`, at most 100. */
export const selectOrders = (customer: string | null, status: OrderStatus | null, max: number): Order[] => {
  const found: Order[] = [];
  const numbers = numbersOf(customer);
  if (numbers === null) return found;
  const limit = Math.min(max, maxList);
  for (let n = numbers.first; n < end && found.length < limit; n += numbers.step)
    if (status === null || statusOf(n) === status) found.push(at(n));
  return found;
};

/** What is wrong with an order, or null. */
export const problemOf = (order: NewOrder | null): ValidationFault | null => {
  if (!order?.ClientRef) return { Field: 'ClientRef', Reason: 'An order needs a reference of its own.' };
  if (!order.Lines || order.Lines.length === 0) return { Field: 'Lines', Reason: 'An order needs at least one line.' };
  if (order.Lines.some((line) => (line?.Quantity ?? 0) < 1))
    return { Field: 'Quantity', Reason: 'Quantities are whole numbers from 1.' };
  return null;
};

const fnv1a = (text: string): number =>
  Buffer.from(text).reduce((hash, octet) => Math.imul(hash ^ octet, 16777619) >>> 0, 2166136261);

/** Depends on the order alone, so that every service gives the same receipt for it. The order has no {@link problemOf}. */
export const receiptOf = (order: NewOrder): OrderReceipt => {
  const reference = order.ClientRef ?? '';
  const lines = (order.Lines ?? []).map((line) => {
    const price = parseDecimal(line?.Price ?? '0');
    if (price === null) throw new RangeError(`Price is ${line?.Price}: a decimal such as 1.10 is expected.`);
    return { quantity: line?.Quantity ?? 0, price };
  });
  return {
    ClientRef: reference,
    Number: String(9100000000000000001n + 2n * BigInt(fnv1a(reference))),
    Status: 'New',
    Total: formatDecimal(total(lines)),
  };
};
