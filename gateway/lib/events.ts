import type { Events, Listener } from '../events.ts';

/** The stream of events. A listener that throws is told to `broken`; it must not become the emitter's error. */
export const events = (broken: (error: unknown) => void): Events => {
  const listeners = new Set<Listener>();
  return {
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          broken(error);
        }
      }
    },
    on(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
