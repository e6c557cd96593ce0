// Reads one parameter of a request target, without taking the rest apart.

/** First value of a query parameter, decoded; null where it is absent. Broken percent-encoding is taken as it stands. */
export const queryValue = (target: string, name: string): string | null => {
  let from = target.indexOf('?') + 1;
  if (from === 0) return null;
  while (from <= target.length) {
    const amp = target.indexOf('&', from);
    const to = amp === -1 ? target.length : amp;
    const equals = target.indexOf('=', from);
    const nameEnd = equals === -1 || equals > to ? to : equals;
    if (nameEnd > from && decoded(target.slice(from, nameEnd)) === name) return decoded(target.slice(nameEnd + 1, to));
    from = to + 1;
  }
  return null;
};

const decoded = (text: string): string => {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return text; // not UTF-8, or a lone %: older clients send Latin-1, and any stable text will do
  }
};
