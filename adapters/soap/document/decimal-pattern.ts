// What the text of a decimal may be, as patterns: JSON Schema counts and compares no digits of strings.

const anyDecimal = '[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)';

export const decimalPattern = `^${anyDecimal}$`;
export const integerPattern = '^[+-]?[0-9]+$';

/** A whole number that is not negative. */
export const unsignedPattern = '^(?:\\+?[0-9]+|-0+)$';

/** Digits after the point, where zeros at the end do not count. */
export const fractionDigitsPattern = (most: number): string => `^[+-]?[0-9]*(?:\\.[0-9]{0,${most}}0*)?$`;

/** Digits that count: no zeros before the first digit, none at the end of the fraction. */
export const totalDigitsPattern = (most: number): string => {
  const whole = `0*[0-9]{0,${most}}(?:\\.0*)?`;
  const fraction = `0*(?:\\.|(?=[0-9]*\\.))(?:[0-9]\\.?){0,${most}}0*`;
  return `^(?=${anyDecimal}$)[+-]?(?:${whole}|${fraction})$`;
};

/** Every way to write one of these values. */
export const valuesPattern = (listed: readonly string[]): string => `^(?:${listed.map(valuePattern).join('|')})$`;

const valuePattern = (text: string): string => {
  const [, sign, whole = '', fraction = ''] = /^([+-]?)0*([0-9]*)(?:\.([0-9]*?)0*)?$/.exec(text.trim()) ?? [];
  if (whole === '' && fraction === '') return '[+-]?(?:0+(?:\\.0*)?|\\.0+)';
  const signed = sign === '-' ? '-' : '\\+?';
  return `${signed}0*${whole}${fraction === '' ? '(?:\\.0*)?' : `\\.${fraction}0*`}`;
};

/** No value below zero, or none but those below it; with or without zero itself. */
export const signPattern = (side: 'positive' | 'negative', zero: boolean): string => {
  const isZero = '[+-]?0*\\.?0*$';
  const own = side === 'positive' ? '[+0-9.]' : '-';
  return zero ? `^(?:${isZero}|${own})` : `^(?!${isZero})${own}`;
};
