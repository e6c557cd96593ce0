// What a REST face tells of itself: an OpenAPI document, and a page that shows it.
import { openApiOf } from './openapi.ts';
import { pageOf, pageStyle } from './page.ts';
import type { SoapContract } from '../contract/contract.ts';
import type { Offered } from './binding.ts';
import type { OpenApiOptions } from './openapi.ts';

export interface OwnDocument {
  /** Below the mount. */
  readonly path: string;
  readonly type: string;
  /** Made when first asked for, then kept. */
  readonly bytes: () => Buffer;
}

/** `/openapi.json`, and `/openapi.html` with its style sheet. */
export const documentsOf = (
  contract: SoapContract,
  offered: readonly Offered[],
  options: OpenApiOptions,
): readonly OwnDocument[] => {
  const api = once(() => openApiOf(contract, offered, options));
  const links = { document: 'openapi.json', style: 'openapi.css' };
  const made = (path: string, type: string, text: () => string): OwnDocument => ({
    path,
    type,
    bytes: once(() => Buffer.from(text())),
  });
  return [
    made('/openapi.json', 'application/json', () => JSON.stringify(api(), null, 2)),
    made('/openapi.html', 'text/html; charset=utf-8', () => pageOf(api(), links)),
    made('/openapi.css', 'text/css; charset=utf-8', () => pageStyle),
  ];
};

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
};
