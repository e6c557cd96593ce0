// A call as a decision sees it, for tests that need no wire.
import { bytesBody } from '../../adapters/wire/bytes.ts';
import type { Call, ClientLink, Message } from '../../adapters/adapter.ts';

export interface PlainCall {
  readonly method?: string;
  readonly target?: string;
  /** Lines in order: name, value, name, value, … */
  readonly raw?: readonly string[];
  readonly address?: string;
  readonly certificate?: string;
  /** Header blocks by local name. */
  readonly soapHeaders?: Readonly<Record<string, string>>;
  readonly wsUsername?: string;
}

export const plainCall = (given: PlainCall = {}): Call => {
  const raw = given.raw ?? [];
  const client: ClientLink = {
    address: given.address ?? '192.0.2.1',
    secure: false,
    certificate: () => given.certificate ?? null,
  };
  const message: Message = {
    version: '1.1',
    header: (localName) => given.soapHeaders?.[localName] ?? null,
    username: () => given.wsUsername ?? null,
  };
  return {
    head: { method: given.method ?? 'POST', target: given.target ?? '/OrderService.svc', http: '1.1', raw },
    body: bytesBody(Buffer.alloc(0)),
    client,
    expects: null,
    message: given.soapHeaders === undefined && given.wsUsername === undefined ? null : message,
    header: (name) => {
      const at = raw.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === name);
      return at === -1 ? null : (raw[at + 1] ?? null);
    },
  };
};
