// Lexical forms of XML Schema's dates, times and durations. Texts are checked and kept, never converted: kind and ticks stay.

const dateTime = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/;
const date = /^(\d{4})-(\d\d)-(\d\d)(Z|[+-]\d\d:\d\d)?$/;
const time = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?$/;
const duration = /^-?P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$/;

/** Years 0001 to 9999, up to nine digits of a second, with or without a zone. */
export const isDateTime = (text: string): boolean => {
  const found = dateTime.exec(text);
  if (found === null) return false;
  const [, year, month, day, hour, minute, second, fraction, zone] = found;
  return isDay(year, month, day) && isClock(hour, minute, second, fraction) && isZone(zone);
};

export const isDate = (text: string): boolean => {
  const found = date.exec(text);
  return found !== null && isDay(found[1], found[2], found[3]) && isZone(found[4]);
};

export const isTime = (text: string): boolean => {
  const found = time.exec(text);
  return found !== null && isClock(found[1], found[2], found[3], found[4]) && isZone(found[5]);
};

export const isDuration = (text: string): boolean => duration.test(text);

/**
 * Below 0, 0 or above 0, to the nanosecond, as `a` is shorter than, equal to or longer than `b`; NaN where that depends on the
 * months they begin in, as of P1M and P30D (XML Schema 1.0 part 2 §3.2.6.2). Both are durations.
 */
export const compareDurations = (a: string, b: string): number => {
  const [one, other] = [lengthOf(a), lengthOf(b)];
  if (one.months === other.months) return sign(one.nanoseconds - other.nanoseconds);
  const orders = beginnings.map((from) => sign(from(one) - from(other)));
  return orders.every((each) => each === orders[0]) ? (orders[0] ?? Number.NaN) : Number.NaN;
};

interface Length {
  readonly months: bigint;
  readonly nanoseconds: bigint;
}

const lengthOf = (text: string): Length => {
  const [, ...found] = duration.exec(text) ?? [];
  const [years, months, days, hours, minutes, seconds] = found.slice(0, 6).map((each) => BigInt(each ?? 0)) as Six;
  const whole = ((days * 24n + hours) * 60n + minutes) * 60n + seconds;
  const fraction = BigInt((found[6] ?? '').slice(0, 9).padEnd(9, '0'));
  const to = text.startsWith('-') ? -1n : 1n;
  return { months: to * (years * 12n + months), nanoseconds: to * (whole * 1_000_000_000n + fraction) };
};

type Six = [bigint, bigint, bigint, bigint, bigint, bigint];

// The calendar begins anew every 400 years.
const cycle = { months: 4800n, milliseconds: 146_097n * 86_400_000n };

const beginnings = (
  [
    [1696, 8],
    [1697, 1],
    [1903, 2],
    [1903, 6],
  ] as const
).map(([year, month]) => {
  const start = Date.UTC(year, month);
  return ({ months, nanoseconds }: Length): bigint => {
    const rest = BigInt(Date.UTC(year, month + Number(months % cycle.months)) - start);
    return ((months / cycle.months) * cycle.milliseconds + rest) * 1_000_000n + nanoseconds;
  };
});

const sign = (value: bigint): number => (value === 0n ? 0 : value < 0n ? -1 : 1);

const isDay = (year: string | undefined, month: string | undefined, day: string | undefined): boolean => {
  const m = Number(month);
  const d = Number(day);
  return Number(year) >= 1 && m >= 1 && m <= 12 && d >= 1 && d <= lastDay(Number(year), m);
};

const lastDay = (year: number, month: number): number => {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
};

// 24:00:00 is the end of a day (XML Schema 1.0 part 2 §3.2.7.1).
const isClock = (hour?: string, minute?: string, second?: string, fraction?: string): boolean =>
  (Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60) ||
  (hour === '24' && minute === '00' && second === '00' && /^0*$/.test(fraction ?? ''));

const isZone = (zone: string | undefined): boolean => {
  if (zone === undefined || zone === 'Z') return true;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  return (hours < 14 && minutes < 60) || (hours === 14 && minutes === 0);
};
