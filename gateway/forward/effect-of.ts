import type { Effect } from './schema.ts';

/** What asking twice does, by method (RFC 9110 §9.2): where a route is not SOAP and its file says nothing else. */
export const effectOf = (method: string): Effect => {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return 'read';
  return method === 'PUT' || method === 'DELETE' ? 'idempotent' : 'write';
};
