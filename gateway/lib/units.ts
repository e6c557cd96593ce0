// `30s`, `1mb` and `5%` exist only in YAML; inside, durations are milliseconds and sizes are bytes.

const durations = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const sizes = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 } as const;

export const durationPattern = /^\d+(\.\d+)?(ms|s|m|h|d)$/;
export const sizePattern = /^\d+(\.\d+)?(b|kb|mb|gb)$/i;

/** Milliseconds, whole. The text matches `durationPattern`. */
export const milliseconds = (text: string): number => measure(text, durations);

/** Bytes, whole; a kb is 1024 of them. The text matches `sizePattern`. */
export const bytes = (text: string): number => measure(text.toLowerCase(), sizes);

const measure = (text: string, units: Readonly<Record<string, number>>): number => {
  const [, number = '', unit = ''] = /^([\d.]+)([a-z]+)$/.exec(text) ?? [];
  return Math.round(Number(number) * (units[unit] ?? Number.NaN));
};
