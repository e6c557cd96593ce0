// Lines come together in one block of bytes before anybody is asked to write them. Kept as strings, a second of lines would be tens
// of thousands of small pieces for the garbage collector to carry about, and each would be encoded apart.

/** UTF-8 needs at most this many bytes for a UTF-16 code unit. */
const widest = 3;

export interface LineBatch {
  /** Whole lines, each with its line feed. */
  add(lines: string): void;
  /** Hands on what has come together. */
  flush(): void;
}

/** `hand`: takes blocks of about `size` bytes in the order of their lines; a block is its own to keep. */
export const lineBatch = (size: number, hand: (block: Buffer) => void): LineBatch => {
  const block = Buffer.allocUnsafeSlow(size);
  let used = 0;
  const flush = (): void => {
    if (used === 0) return;
    const full = Buffer.from(block.subarray(0, used));
    used = 0;
    hand(full);
  };
  return {
    add: (lines) => {
      if (lines.length * widest > size - used) {
        flush();
        if (lines.length * widest > size) return hand(Buffer.from(lines));
      }
      used += block.write(lines, used);
    },
    flush,
  };
};
