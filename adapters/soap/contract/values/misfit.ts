// A value that does not fit its type, on its way up: each level adds its step, so that no path is kept while all is well.

export class Misfit extends Error {
  /** Outermost step first. */
  readonly steps: (string | number)[] = [];

  constructor(message: string) {
    // Unions try branch after branch: a stack each time would cost more than all the rest.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'Misfit';
  }

  /** JSON pointer (RFC 6901), such as `/order/lines/3/amount`. */
  get pointer(): string {
    return this.steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  }
}

/** Adds a step to what is thrown through it: `catch (error) { throw below(error, key); }`. */
export const below = (error: unknown, step: string | number): unknown => {
  if (error instanceof Misfit) error.steps.unshift(step);
  return error;
};

/** What a value is, for messages. Never its text: that may be a password, and messages are logged. */
export const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value === '' ? 'an empty string' : `a string of ${value.length} characters`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};
