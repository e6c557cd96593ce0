import type { HeaderEdit, Reply } from '../../adapters/adapter.ts';

/** The same reply with the lines that the file has for it. */
export const edited = (reply: Reply, headers: HeaderEdit | null): Reply => {
  if (headers === null) return reply;
  const { drops, lines } = headers;
  const kept = reply.head.raw.filter((_, i, raw) => !drops.includes(raw[i - (i % 2)]!.toLowerCase()));
  const head = { ...reply.head, raw: [...kept, ...lines] };
  return { head, body: reply.body, verdict: reply.verdict, discard: () => reply.discard?.() };
};
