// Fields that come behind a body. Servers may take them for headers (RFC 9110 §6.5.1), so none goes on that says what only a head may say.
import type { Raw } from '../adapter.ts';
import { claimOf } from './forwarded.ts';
import { crosses, isRelied } from './headers.ts';

/** Those that go on to the next hop, either way: nothing of one hop, of framing or routing, of where a call comes from, of the gateway's own. */
export const passedTrailers = (raw: Raw): Raw => {
  const kept: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const lower = raw[i]!.toLowerCase();
    if (crosses(lower, null) && !isRelied(lower) && claimOf(lower) === null && !lower.startsWith('x-strangler-'))
      kept.push(raw[i]!, raw[i + 1]!);
  }
  return kept;
};

/** The same, as lines to be written. */
export const trailerLines = (raw: Raw): string => {
  const passed = passedTrailers(raw);
  let text = '';
  for (let i = 0; i < passed.length; i += 2) text += `${passed[i]}: ${passed[i + 1]}\r\n`;
  return text;
};
