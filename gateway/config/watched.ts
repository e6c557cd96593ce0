import type { Destination } from '../../adapters/adapter.ts';
import { filesOf } from './absolute.ts';
import type { Config } from './settle.ts';

/** WSDLs are watched too (decision 21), with what they import, and recorded replies. `files`: those of the configuration itself. */
export const watched = (
  files: readonly string[],
  config: Config | null,
  opened: Iterable<{ readonly destination: Destination }>,
): readonly string[] => {
  const named = [...(config?.destinations.values() ?? [])].flatMap(filesOf);
  const imported = [...opened].flatMap(({ destination }) => destination.files);
  return [...new Set([...files, ...named, ...imported])];
};
