// What admission remembers between calls and must outlive a flip: counts and keys. Built once.
import type { JWTVerifyGetKey } from 'jose';
import { keySet } from './jwt.ts';
import { limiter, type Limiter, type Rate } from './rate-limit.ts';

export interface Keepers {
  /** Of one rule, named by route and operation; other figures begin anew. */
  limiter(id: string, rate: Rate): Limiter;
  keys(jwks: string): JWTVerifyGetKey;
}

export const keepers = (): Keepers => {
  const limiters = new Map<string, { readonly rate: string; readonly limiter: Limiter }>();
  const sets = new Map<string, JWTVerifyGetKey>();
  return {
    limiter(id, { calls, per }) {
      const rate = `${calls} per ${per}`;
      const kept = limiters.get(id);
      if (kept?.rate === rate) return kept.limiter;
      const made = limiter({ calls, per });
      limiters.set(id, { rate, limiter: made });
      return made;
    },
    keys(jwks) {
      const kept = sets.get(jwks) ?? keySet(jwks);
      sets.set(jwks, kept);
      return kept;
    },
  };
};
