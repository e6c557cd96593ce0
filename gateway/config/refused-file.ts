import type { Events, Problem } from '../events.ts';

/** The first file does not validate: nothing was started. */
export class RefusedFile extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super('the file was refused');
    this.problems = problems;
  }
}

/** Answers what says why the last file was refused. */
export const refusals = (events: Events): (() => readonly Problem[]) => {
  let problems: readonly Problem[] = [];
  events.on((event) => {
    if (event.type === 'config-rejected') problems = event.problems;
  });
  return () => problems;
};
