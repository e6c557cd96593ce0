import type { Events, Listener } from '../../gateway/events.ts';

/** A stream of events without anything around it. */
export const plainEvents = (): Events => {
  const listeners = new Set<Listener>();
  return {
    emit: (event) => listeners.forEach((listener) => listener(event)),
    on: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
