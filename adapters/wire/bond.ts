// NTLM and Negotiate say who calls once, for all calls of a connection (RFC 4559 §6): such a client's connection and the one
// that its calls go on to belong together, and to nobody else (decision 13).
import type { Bond, BondPlace, Raw } from '../adapter.ts';

/** Does an Authorization line, or a challenge, speak of the connection rather than of its call? */
export const isOfConnection = (credentials: string | null): boolean => {
  if (credentials === null) return false;
  const first = credentials.charCodeAt(0) | 0x20;
  return (first === letterN || first <= 0x29) && ofConnection.test(credentials);
};

const letterN = 0x6e;
const ofConnection = /^\s*(?:ntlm|negotiate)(?:\s|$)/i;

/** The same of a reply's challenges: there may be several lines, and several in one. */
export const challengesConnection = (raw: Raw): boolean =>
  raw.some((name, i) => i % 2 === 0 && name.toLowerCase() === 'www-authenticate' && asked.test(raw[i + 1]!));

const asked = /(?:^|,)\s*(?:ntlm|negotiate)(?:[\s,]|$)/i;

/** A challenge that bears a token is the middle of a handshake; one without begins it anew. */
const goesOn = (raw: Raw): boolean =>
  raw.some((name, i) => i % 2 === 0 && name.toLowerCase() === 'www-authenticate' && bearing.test(raw[i + 1]!));

const bearing = /(?:^|,)\s*(?:ntlm|negotiate)[ \t]+[^\s,]/i;

/** What a bond needs of its client's connection. */
export interface Bonded {
  /** Ends now, or after the reply that is under way. */
  hangUp(): void;
}

const nowhere: BondPlace = { side: null, asker: null };

export class ConnectionBond implements Bond {
  identified = false;
  readonly #places = new Map<string, BondPlace>();
  #isEnding = false;
  #isOver = false;
  readonly #client: Bonded;
  readonly #listeners: (() => void)[] = [];

  constructor(client: Bonded) {
    this.#client = client;
  }

  get isEnding(): boolean {
    return this.#isEnding;
  }

  of(route: string): BondPlace {
    return this.#places.get(route) ?? nowhere;
  }

  answered(route: string, by: Parameters<Bond['answered']>[1]): void {
    if (!this.identified) return;
    const asker = by !== null && by.head.status === 401 && goesOn(by.head.raw) ? by.side : null;
    this.#places.set(route, { asker, side: this.of(route).side ?? by?.side ?? null });
  }

  onOver(listener: () => void): void {
    if (this.#isOver) listener();
    else this.#listeners.push(listener);
  }

  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#client.hangUp();
  }

  /** The client's connection has ended. */
  over(): void {
    this.#isEnding = true;
    this.#isOver = true;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
