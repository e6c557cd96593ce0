// `strangler flip`: writes one number into the file and waits until the table has it (decision 20).
import { access, constants, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FlipResult } from './admin/shapes.ts';
import { editWeight } from './config/edit.ts';
import { unifiedPatch } from './config/patch.ts';
import { disk, load, type Disk } from './config/load.ts';
import type { Env } from './config/substitute.ts';
import type { Flips } from './flip.ts';
import { nearest } from './lib/nearest.ts';
import type { Tables } from './table/swap.ts';
import { weighedPlans } from './table/weighed.ts';

export interface FlipFile {
  readonly files: readonly string[];
  readonly env: Env;
  readonly flips: Flips;
  readonly tables: Tables;
}

/** `weight` in percent. Rejects with EditError where one line cannot hold the change. */
export const flipFile =
  (house: FlipFile) =>
  async (target: string, weight: number): Promise<FlipResult> => {
    const known = targets(house.tables);
    const before = known.get(target);
    const { loaded } = house.flips;
    if (before === undefined || loaded === null)
      return { is: 'unknown', target, nearest: nearest(target, known.keys()) };
    const { config } = house.flips;
    const [route = '', named = ''] = split(target);
    // What a route splits without naming it has its weight on the route itself; shared operations have it where they are at home.
    const operation = named === 'other' ? null : named;
    const owner = config?.routes.get(route)?.operationsFrom ?? route;
    const place =
      operation === null ? ['routes', route, 'weight'] : ['routes', owner, 'operations', operation, 'weight'];
    const file = loaded.origin(place);
    const text = await readFile(file, 'utf8');
    const edited = editWeight(text, operation === null ? route : owner, operation, weight);
    const flip = { target, before, after: weight, file, line: edited.line };
    const checked = await load(house.files, house.env, withEdit(file, edited.text));
    if (checked.config === null) return { is: 'rejected', target, problems: checked.problems };
    if (!(await writable(file))) return { ...flip, is: 'read-only', patch: unifiedPatch(file, text, edited.text) };
    await save(file, edited.text);
    const taken = await house.flips.reload('file');
    if (!taken) return { is: 'rejected', target, problems: [] };
    return { ...flip, is: 'flipped', revision: house.tables.current().revision };
  };

/** Weights in percent by `route.operation`. */
const targets = (tables: Tables): Map<string, number> =>
  new Map(
    weighedPlans(tables.current()).map(
      ({ route, operation, traffic }) => [`${route}.${operation}`, traffic.points / 100] as const,
    ),
  );

/** No dots in route names (decision 16), so the first one parts the two. */
const split = (target: string): readonly string[] => {
  const dot = target.indexOf('.');
  return [target.slice(0, dot), target.slice(dot + 1)];
};

const withEdit = (file: string, text: string): Disk => ({
  ...disk,
  read: (asked) => (asked === file ? Promise.resolve(text) : disk.read(asked)),
});

const writable = async (file: string): Promise<boolean> => {
  try {
    await access(file, constants.W_OK);
    await access(dirname(file), constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** Whole or not at all: a reader never sees half a file. */
const save = async (file: string, text: string): Promise<void> => {
  const { mode } = await stat(file);
  const beside = join(dirname(file), `.${process.pid}.${Date.now()}.strangler-flip`);
  await writeFile(beside, text, { mode });
  await rename(beside, file);
};
