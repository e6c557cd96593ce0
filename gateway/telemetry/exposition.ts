// Figures as Prometheus' text, a few milliseconds at a time: a thousand busy operations are some 10 MB of it, and written in one go they
// would hold up every call meanwhile. One series is written at once; two may be some milliseconds apart.

export type Labels = Readonly<Record<string, string | number>>;

export interface Value {
  readonly labels: Labels;
  readonly value: number;
  /** Of one part of a histogram; absent: the family's own. */
  readonly metricName?: string;
}

/** One metric, and what of it there is. Read as it is written, never before. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly values: Iterable<Value>;
}

export interface Breath {
  /** Milliseconds that never go back. */
  readonly now: () => number;
  /** Lets others have their turn. */
  readonly rest: () => Promise<void>;
}

/** Milliseconds at a time. */
const slice = 5;
/** Lines between two looks at the clock. */
const stride = 64;

/** The text format 0.0.4, in order. */
export const exposition = async function* (
  families: Iterable<Family>,
  { now, rest }: Breath,
): AsyncGenerator<string, void> {
  let lines: string[] = [];
  let began = now();
  for (const { name, type, help, values } of families) {
    lines.push(`# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n`);
    for (const value of values) {
      lines.push(lineOf(name, value));
      if (lines.length % stride !== 0 || now() - began < slice) continue;
      yield lines.join('');
      lines = [];
      await rest();
      began = now();
    }
    lines.push('\n');
  }
  yield lines.join('');
};

const lineOf = (family: string, { metricName = family, labels, value }: Value): string => {
  let text = '';
  for (const name in labels) {
    const label = labels[name];
    text += `${text === '' ? '{' : ','}${name}="${typeof label === 'string' ? quoted(label) : label}"`;
  }
  return `${metricName}${text === '' ? '' : `${text}}`} ${figure(value)}\n`;
};

const figure = (value: number): string => {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value < 0 ? '-Inf' : '+Inf';
};

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const quoted = (text: string): string => (/[\\\n"]/.test(text) ? escaped(text).replaceAll('"', '\\"') : text);
