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

/** Nanoseconds of a duration without years and months; null for one that has them, or is none. */
export const nanoseconds = (text: string): bigint | null => {
  const found = duration.exec(text);
  if (found === null || found[1] !== undefined || found[2] !== undefined) return null;
  const [days, hours, minutes, seconds] = [found[3], found[4], found[5], found[6]].map((each) => BigInt(each ?? 0));
  if (days === undefined || hours === undefined || minutes === undefined || seconds === undefined) return null;
  const whole = ((days * 24n + hours) * 60n + minutes) * 60n + seconds;
  const size = whole * 1_000_000_000n + BigInt((found[7] ?? '').slice(0, 9).padEnd(9, '0'));
  return text.startsWith('-') ? -size : size;
};

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
