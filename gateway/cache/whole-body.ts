import type { Arriving } from '../../adapters/adapter.ts';
import { AdapterError } from '../../adapters/errors.ts';

/** Longest request that is compared with others, in bytes. */
const longest = 1024 * 1024;

/** Null: too long to be compared. It goes on as it came. */
export const wholeBody = async ({ body, deadline }: Arriving): Promise<Buffer | null> => {
  if (body.bytes !== null) return body.bytes;
  try {
    return await body.whole(longest, deadline);
  } catch (error) {
    if (error instanceof AdapterError && error.code === 'ERR_TOO_LARGE') return null;
    throw error;
  }
};
