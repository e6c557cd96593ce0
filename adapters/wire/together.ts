// What is to be written goes out together, once all that came in one turn of the event loop has been looked at. A write wakes whoever
// waits at the other end, which can cost more than the write; one that is still awake from the last need not be woken. Nothing waits
// for a timer: a turn that brought one call writes as soon as that one is done.

/** Must not throw: others wait behind it. */
export interface Writer {
  writeNow(): void;
}

let waiting: Writer[] = [];

const writeAll = (): void => {
  const all = waiting;
  waiting = [];
  for (const writer of all) writer.writeNow();
};

/** Has the writer called before the loop waits for anything again. */
export const writeTogether = (writer: Writer): void => {
  if (waiting.push(writer) === 1) setImmediate(writeAll);
};
