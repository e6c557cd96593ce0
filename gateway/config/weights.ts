// Which share each operation has, and which line says so: what `check` shows of overlays and teams' files.
import type { Loaded } from './load.ts';
import type { Config } from './settle.ts';
import type { Path } from './tree.ts';

export interface WeightLine {
  readonly route: string;
  /** Null: calls of no named operation. */
  readonly operation: string | null;
  /** Percent. */
  readonly weight: number;
  /** `file:line` of what says so; null: nothing does, so it is 0. */
  readonly from: string | null;
}

export const weightLines = (loaded: Loaded, config: Config): readonly WeightLine[] => {
  const lines: WeightLine[] = [];
  for (const [name, route] of config.routes) {
    const owner = route.operationsFrom ?? name;
    lines.push({
      route: name,
      operation: null,
      weight: route.other.points / 100,
      from: from(loaded, weightPath(loaded, name, null)),
    });
    for (const [operation, { points }] of route.operations) {
      lines.push({
        route: name,
        operation,
        weight: points / 100,
        from: from(loaded, weightPath(loaded, owner, operation)),
      });
    }
  }
  return lines;
};

/** Where the weight in force is said: at the operation, else at its route; null where it is said nowhere. */
export const weightPath = (loaded: Loaded, route: string, operation: string | null): Path | null => {
  const inherited = ['routes', route, 'weight'];
  const own = operation === null ? inherited : ['routes', route, 'operations', operation, 'weight'];
  return [own, inherited].find(loaded.says) ?? null;
};

const from = (loaded: Loaded, path: Path | null): string | null => {
  if (path === null) return null;
  const { file, line } = loaded.locate(path);
  return `${file}:${line}`;
};
