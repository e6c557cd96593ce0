/**
 * Remembers what `make` made of a text, for at most twice `max` texts: when the young half is full it becomes
 * the old half. Texts over 512 characters are made anew each time, so that memory stays bounded by `max`.
 */
export const memo = <T>(max: number, make: (text: string) => T): ((text: string) => T) => {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  const keep = (text: string, value: T): T => {
    if (young.size >= max) {
      old = young;
      young = new Map();
    }
    young.set(text, value);
    return value;
  };
  return (text) => {
    const found = young.get(text);
    if (found !== undefined) return found;
    if (text.length > 512) return make(text);
    return keep(text, old.get(text) ?? make(text));
  };
};
