// Decimals as text, never as numbers: the scale is part of a price (`1.10` is not `1.1`).

const shape = /^([+-]?)(\d*)(?:\.(\d*))?$/;

export interface Decimal {
  readonly units: bigint;
  /** Digits after the point. */
  readonly scale: number;
}

/** Reads `12.30` as 1230 units of scale 2; null where the text is no decimal of XML Schema. */
export const parseDecimal = (text: string): Decimal | null => {
  const [, sign = '', whole = '', fraction = ''] = shape.exec(text) ?? [];
  if (whole === '' && fraction === '') return null;
  return { units: BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`), scale: fraction.length };
};

/** Writes what {@link parseDecimal} reads; trailing zeros are kept. */
export const formatDecimal = ({ units, scale }: Decimal): string => {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const cut = digits.length - scale;
  return `${units < 0n ? '-' : ''}${digits.slice(0, cut)}${scale > 0 ? `.${digits.slice(cut)}` : ''}`;
};

/** The sum of quantity × price; its scale is the largest of the prices', as System.Decimal has it. */
export const total = (lines: readonly { readonly quantity: number; readonly price: Decimal }[]): Decimal => {
  const scale = Math.max(0, ...lines.map((line) => line.price.scale));
  const units = lines.map(({ quantity, price }) => BigInt(quantity) * price.units * 10n ** BigInt(scale - price.scale));
  return { units: units.reduce((sum, part) => sum + part, 0n), scale };
};
