// Follows the gateway's stream for as long as the page is open. Read with fetch, because EventSource cannot send a token.
import { batch } from '@preact/signals';
import type { CallRow, EventsAnswer, GatewayEvent, SeriesView, Snapshot } from '../../shapes.ts';
import { calls, clock, connection, events, heardAt, isStale, selected, series, snapshot } from './state.ts';

const tokenKey = 'strangler-token';
const maxEvents = 200;

const ask = (path: string, signal?: AbortSignal): Promise<Response> => {
  const token = sessionStorage.getItem(tokenKey);
  return fetch(path, {
    ...(signal === undefined ? {} : { signal }),
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  });
};

const take = (event: string, data: string): void => {
  const value: unknown = JSON.parse(data);
  batch(() => {
    heardAt.value = performance.now();
    if (event === 'operations') snapshot.value = value as Snapshot;
    else if (event === 'events') events.value = value as EventsAnswer['events'];
    else if (event === 'event') events.value = [...events.value.slice(1 - maxEvents), value as GatewayEvent];
  });
};

const messages = /event: (.*)\ndata: (.*)\n\n/g;

const read = async (body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> => {
  let waiting = '';
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    waiting += part.value;
    let end = 0;
    for (const [whole, event = '', data = ''] of waiting.matchAll(messages)) {
      take(event, data);
      end = waiting.indexOf(whole, end) + whole.length;
    }
    waiting = waiting.slice(end);
  }
};

/** Resolves when the stream has ended. False: it is of no use to try again without a token. */
const watch = async (): Promise<boolean> => {
  const silent = new AbortController();
  // A peer that vanished without a word: give the connection up rather than wait for TCP to notice.
  const guard = setInterval(() => {
    if (performance.now() - Math.max(heardAt.value, began) > 5_000) silent.abort();
  }, 1_000);
  const began = performance.now();
  try {
    const response = await ask('/api/v1/stream', silent.signal);
    if (response.status === 401) {
      connection.value = { at: 'locked', refused: sessionStorage.getItem(tokenKey) !== null };
      return false;
    }
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
    connection.value = { at: 'live' };
    await read(response.body);
    connection.value = { at: 'lost' };
  } catch {
    connection.value = { at: 'lost' }; // shown with its age; tried again by `follow`
  } finally {
    clearInterval(guard);
  }
  return true;
};

const keepWatching = async (): Promise<void> => {
  while (await watch()) {
    await new Promise((resolve) => {
      setTimeout(resolve, 1_000);
    });
  }
};

const refresh = async (): Promise<void> => {
  const target = selected.value?.target;
  if (connection.value.at !== 'live' || isStale.value || target === undefined) return;
  try {
    const [view, noted] = await Promise.all([
      ask(`/api/v1/series?target=${encodeURIComponent(target)}`),
      ask('/api/v1/calls'),
    ]);
    if (view.ok) series.value = { target, view: (await view.json()) as SeriesView };
    if (noted.ok) calls.value = ((await noted.json()) as { calls: CallRow[] }).calls;
  } catch {
    // The stream tells that the gateway is gone; the chart keeps what it has.
  }
};

/** Starts once, when the page opens. */
export const follow = (): void => {
  void keepWatching();
  setInterval(() => (clock.value = performance.now()), 250);
  let shown: string | undefined;
  selected.subscribe((row) => {
    if (row?.target === shown) return;
    shown = row?.target;
    void refresh();
  });
  setInterval(() => void refresh(), 1_000);
};

/** Keeps the token for this tab and tries again with it. */
export const unlock = (token: string): void => {
  sessionStorage.setItem(tokenKey, token);
  connection.value = { at: 'connecting' };
  void keepWatching();
};
