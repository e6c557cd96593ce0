// The demo's one screen: drawn anew each second on a terminal, a line a second elsewhere.
import { styleText } from 'node:util';

export interface Shown {
  readonly kind: string;
  readonly client: string;
  readonly admin: string;
  readonly file: string;
  readonly flip: string;
}

interface Row {
  readonly target: string;
  readonly weight: number | null;
  readonly stage: string;
  readonly killed: boolean;
  readonly last10s: {
    readonly callsPerSecond: number;
    readonly errors: number;
    readonly answeredModern: number | null;
    readonly fallbacks: Readonly<Record<string, number>>;
    readonly legacy: { readonly answered: number };
    readonly modern: { readonly answered: number };
  };
}

/** Answers the function that ends it. */
export const screen = (shown: Shown, out: NodeJS.WriteStream): (() => void) => {
  const timer = setInterval(() => void draw(shown, out), 1000);
  void draw(shown, out);
  return () => clearInterval(timer);
};

const draw = async (shown: Shown, out: NodeJS.WriteStream): Promise<void> => {
  const text = await page(shown).catch((error: Error) => `the gateway does not answer: ${error.message}\n`);
  out.write(out.isTTY ? `\x1b[2J\x1b[H${text}` : text);
};

const page = async (shown: Shown): Promise<string> => {
  const answer = await fetch(`${shown.admin}/api/v1/operations`);
  const { operations } = (await answer.json()) as { operations: Row[] };
  const rows = operations.filter(({ last10s, weight }) => last10s.callsPerSecond > 0 || (weight ?? 0) > 0);
  return [
    styleText('bold', 'Strangler demo') + `  legacy is ${shown.kind}; figures of the last 10 s`,
    '',
    line(['operation', 'stage', 'weight', 'measured', 'calls/s', 'legacy', 'modern', 'fallbacks', 'errors']),
    ...rows.map(rowLine),
    '',
    `clients    ${shown.client}`,
    `ops page   ${shown.admin}/`,
    `to flip    edit weight in ${shown.file} and save, or: ${shown.flip}`,
    `Ctrl-C ends everything.`,
    '',
  ].join('\n');
};

const rowLine = ({ target, stage, weight, killed, last10s }: Row): string => {
  const fell = Object.entries(last10s.fallbacks).map(([reason, count]) => `${count} ${reason}`);
  return line([
    target,
    killed ? 'killed' : stage,
    weight === null ? '-' : `${weight} %`,
    last10s.answeredModern === null ? '-' : `${last10s.answeredModern.toFixed(1)} %`,
    last10s.callsPerSecond.toFixed(1),
    String(last10s.legacy.answered),
    String(last10s.modern.answered),
    fell.length === 0 ? '0' : fell.join(', '),
    String(last10s.errors),
  ]);
};

const widths = [24, 9, 8, 10, 9, 8, 8, 16, 8];
const line = (cells: readonly string[]): string =>
  cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('');
