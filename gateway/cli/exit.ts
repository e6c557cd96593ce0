// What commands end with. Messages go to stderr, data to stdout.

export const exitCode = {
  ok: 0,
  /** It did not work, or what is shown is not well. */
  failed: 1,
  /** A mistake in the command or the file. */
  mistake: 2,
  /** No gateway there, or it does not know us. */
  unreachable: 4,
} as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export interface Io {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Ends a command with one clear line. `data`: what belongs on stdout all the same. */
export class CommandError extends Error {
  readonly exit: ExitCode;
  readonly data: string;
  constructor(exit: ExitCode, message: string, data = '') {
    super(message);
    this.name = 'CommandError';
    this.exit = exit;
    this.data = data;
  }
}

/** Runs a command's work; a CommandError becomes its line and its exit code. Anything else is a bug and passes. */
export const ending = async (io: Io, work: () => Promise<ExitCode>): Promise<ExitCode> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (error.data !== '') io.stdout.write(error.data);
    io.stderr.write(`strangler: ${error.message}\n`);
    return error.exit;
  }
};
