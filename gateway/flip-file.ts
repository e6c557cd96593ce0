// `strangler flip`: writes one number into the file and waits until the table has it (decision 20).
import { access, constants, readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FlipResult } from './admin/shapes.ts';
import { editWeight, EditError, type Edited } from './config/edit.ts';
import { unifiedPatch } from './config/patch.ts';
import { disk, load, type Disk } from './config/load.ts';
import { replaceFile } from './config/replace.ts';
import type { Env } from './config/substitute.ts';
import type { Flips } from './flips.ts';
import { inTurn } from './lib/in-turn.ts';
import { nearest } from './lib/nearest.ts';
import type { Tables } from './table/swap.ts';
import { weighedPlans } from './table/weighed.ts';

export interface FlipFile {
  readonly files: readonly string[];
  readonly env: Env;
  readonly flips: Flips;
  readonly tables: Tables;
}

/** How often an edit is made anew because somebody else saved under it. */
const tries = 20;

/**
 * `weight` in percent. Flips wait for each other, and an edit under which the file was saved is made anew on what was saved:
 * none is lost, whoever else writes. A file that one line of cannot be changed is `rejected`.
 */
export const flipFile = (house: FlipFile): ((target: string, weight: number) => Promise<FlipResult>) => {
  const flip = flipOnce(house);
  const turn = inTurn();
  return (target, weight) =>
    turn(async (): Promise<FlipResult> => {
      for (let n = 0; n < tries; n++) {
        const result = await flip(target, weight);
        if (result !== null) return result;
      }
      const message = `was saved ${tries} times while ${target} was being written; flip again when it rests`;
      const problem = { file: house.files[0] ?? '', line: 1, column: 1, path: '', message, severity: 'error' } as const;
      return { is: 'rejected', target, problems: [problem] };
    });
};

/** Null: somebody saved the file while it was being edited. */
const flipOnce =
  (house: FlipFile) =>
  async (target: string, weight: number): Promise<FlipResult | null> => {
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
    const edited = attempt(() => editWeight(text, operation === null ? route : owner, operation, weight));
    if (edited instanceof EditError) {
      const { line, column } = loaded.locate(place);
      const problem = {
        file,
        line,
        column,
        path: place.join('.'),
        message: edited.message,
        severity: 'error',
      } as const;
      return { is: 'rejected', target, problems: [problem] };
    }
    const flip = { target, before, after: weight, file, line: edited.line };
    const checked = await load(house.files, house.env, withEdit(file, edited.text));
    if (checked.config === null) return { is: 'rejected', target, problems: checked.problems };
    if (!(await writable(file))) return { ...flip, is: 'read-only', patch: unifiedPatch(file, text, edited.text) };
    if (!(await replaceFile(file, text, edited.text))) return null;
    const taken = await house.flips.reload('file');
    if (!taken) return { is: 'rejected', target, problems: house.flips.loaded?.problems ?? [] };
    return { ...flip, is: 'flipped', revision: house.tables.current().revision };
  };

const attempt = (edit: () => Edited): Edited | EditError => {
  try {
    return edit();
  } catch (error) {
    if (error instanceof EditError) return error;
    throw error;
  }
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
    const path = await realpath(file);
    await access(path, constants.W_OK);
    await access(dirname(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
};
