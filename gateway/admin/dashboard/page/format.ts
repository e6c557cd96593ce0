// Figures as text. A dash is "nothing to measure", which is not zero.

export const dash = '–';

export const percent = (value: number | null): string =>
  value === null ? dash : `${Number(value.toFixed(2)).toString()} %`;

export const share = (value: number | null): string => (value === null ? dash : `${value.toFixed(1)} %`);

export const rate = (value: number): string => {
  if (value === 0) return '0';
  if (value < 0.1) return value.toFixed(2);
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
};

export const latency = (ms: number | null): string => {
  if (ms === null) return dash;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
};

export const age = (ms: number): string => {
  const seconds = Math.max(0, ms / 1_000);
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
};

/** Of this browser's day, with seconds. */
export const time = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB');

export const points = (value: number | null): string => (value === null ? 'none' : percent(value / 100));
