// Who waits, in the order in which they came. Whoever leaves does so from the middle, at no cost.

export interface Place<T> {
  readonly of: T;
  before: Place<T> | null;
  after: Place<T> | null;
}

export interface WaitingLine<T> {
  readonly length: number;
  readonly first: Place<T> | null;
  readonly last: Place<T> | null;
  join(of: T): Place<T>;
  /** A place is left once. */
  leave(place: Place<T>): void;
}

export const waitingLine = <T>(): WaitingLine<T> => {
  let length = 0;
  let first: Place<T> | null = null;
  let last: Place<T> | null = null;
  return {
    get length() {
      return length;
    },
    get first() {
      return first;
    },
    get last() {
      return last;
    },
    join(of) {
      const place: Place<T> = { of, before: last, after: null };
      if (last === null) first = place;
      else last.after = place;
      last = place;
      length += 1;
      return place;
    },
    leave(place) {
      const { before, after } = place;
      if (before === null) first = after;
      else before.after = after;
      if (after === null) last = before;
      else after.before = before;
      length -= 1;
    },
  };
};
