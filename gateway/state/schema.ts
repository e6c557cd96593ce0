// Where replicas keep what they share.
import { z } from 'zod';
import { addressOf, anAddress } from './address.ts';

export const stateSetting = z
  .string({ error: anAddress })
  .refine((said) => said === 'memory' || addressOf(said) !== null, { error: anAddress })
  .default('memory')
  .meta({
    description:
      'Where replicas keep what they share: kept answers, and the news of what was taken back. `memory`: each keeps its own. ' +
      'Otherwise Redis from 6.2 on: one server, Sentinels or a cluster, `rediss` over TLS. User and password are percent-encoded. ' +
      'Calls are served without it, too. A change needs a restart.',
    examples: ['${REDIS_URL:-memory}', 'redis://:${REDIS_PASSWORD}@redis:6379'],
  });
