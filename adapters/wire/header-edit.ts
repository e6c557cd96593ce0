// Header lines that the file sets or removes, on top of what a message carries.
import type { HeaderEdit, Raw } from '../adapter.ts';

/** Both, the second over the first; null where neither says anything. */
export const both = (first: HeaderEdit | null, second: HeaderEdit | null): HeaderEdit | null => {
  if (first === null || second === null) return first ?? second;
  const kept = first.lines.filter((_, i, lines) => !second.drops.includes(lines[i - (i % 2)]!.toLowerCase()));
  return { drops: [...first.drops, ...second.drops], lines: [...kept, ...second.lines] };
};

/** The lines that stay as they are, and then those of the file. */
export const edited = (raw: Raw, edit: HeaderEdit | null): Raw => {
  if (edit === null) return raw;
  const lines: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (!edit.drops.includes(name.toLowerCase())) lines.push(name, raw[i + 1]!);
  }
  lines.push(...edit.lines);
  return lines;
};
