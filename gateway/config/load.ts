// LOAD: the first step of a config change. From files and environment to a Config, or to everything that is wrong with them.
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join as joinPath } from 'node:path';
import type { Problem } from '../events.ts';
import { absolute } from './absolute.ts';
import { check } from './checks.ts';
import { parseFile } from './document.ts';
import { join, overlay } from './merge.ts';
import { problemHere, sortProblems } from './problem.ts';
import { settle } from './settle.ts';
import type { Config } from './settle.ts';
import type { Env } from './substitute.ts';
import { emptyMap, nodeAt, placeOf } from './tree.ts';
import type { MapTree, Path, Place, Tree } from './tree.ts';
import { takeUnbuilt } from './unbuilt.ts';
import { validate } from './validate.ts';

export interface Loaded {
  /** Null as soon as one problem is an error. */
  readonly config: Config | null;
  /** In file order; errors and warnings. */
  readonly problems: readonly Problem[];
  /** What was read and what could appear, for `watch`: files, and the folder of teams' files whether it is there or not. */
  readonly files: readonly string[];
  /** Where a path stands; of what is not there, the nearest that would hold it. */
  readonly locate: (path: Path) => Place;
  /** The file that a value came from. */
  readonly origin: (path: Path) => string;
  /** Does the file say something there? */
  readonly says: (path: Path) => boolean;
  /** As read, by file. */
  readonly text: ReadonlyMap<string, string>;
}

/** How files are read: the disk, or an edit that is not yet saved. Rejects with ENOENT where there is none. */
export interface Disk {
  read(file: string): Promise<string>;
  /** Names in a folder. */
  list(folder: string): Promise<readonly string[]>;
}

export const disk: Disk = {
  read: (file) => readFile(file, 'utf8'),
  list: (folder) => readdir(folder),
};

/** Teams' files beside the first file. */
const folderName = 'routes.config.d';

/** What to watch before the first load: the files themselves, and the folder of teams' files. */
export const filesOf = (files: readonly string[]): readonly string[] => [...files, teamFolder(files)];

const teamFolder = ([first = '']: readonly string[]): string => joinPath(dirname(first), folderName);

/** Never rejects: what cannot be read is a problem too. The first of `files` is the base, the others are laid over it in order. */
export const load = async (files: readonly string[], env: Env, from: Disk = disk): Promise<Loaded> => {
  const reading = new Reading(env, from);
  const [first = 'routes.config.yaml', ...overlays] = files;
  const folder = teamFolder([first]);
  let merged = await reading.tree(first);
  const parts = await reading.parts(folder);
  for (const part of parts) merged = join(merged, await reading.tree(part), reading.problems);
  for (const file of overlays) merged = asMap(overlay(merged, await reading.tree(file)));
  const order = [first, ...parts, ...overlays];
  return conclude(merged, reading, { order, files: [...filesOf([first, ...overlays]), ...parts] });
};

const conclude = (
  merged: MapTree,
  { problems: reading, text, unread }: Reading,
  { order, files }: { order: readonly string[]; files: readonly string[] },
): Loaded => {
  const { tree, problems: unbuilt } = takeUnbuilt(merged);
  const problems = [...reading, ...unbuilt];
  // With a file missing, whatever else there is to say would follow from that.
  const { settings, problems: wrong } = unread ? { settings: null, problems: [] } : validate(tree, problems);
  problems.push(...wrong);
  if (settings !== null) problems.push(...check(tree, settings, problems));
  const isRight = settings !== null && problems.every(({ severity }) => severity !== 'error');
  return {
    config: isRight ? absolute(settle(settings), merged) : null,
    problems: sortProblems(problems, order),
    files,
    locate: (path) => placeOf(merged, path),
    origin: (path) => placeOf(merged, path).file,
    says: (path) => nodeAt(merged, path) !== null,
    text,
  };
};

const asMap = (tree: Tree): MapTree => (tree.kind === 'map' ? tree : emptyMap(tree.at));

class Reading {
  readonly problems: Problem[] = [];
  readonly text = new Map<string, string>();
  /** A file could not be read, or is no YAML. */
  unread = false;
  readonly #env: Env;
  readonly #disk: Disk;

  constructor(env: Env, from: Disk) {
    this.#env = env;
    this.#disk = from;
  }

  async tree(file: string): Promise<MapTree> {
    const place = { file, line: 1, column: 1 };
    const text = await this.#disk.read(file).catch((error: unknown) => {
      this.unread = true;
      this.problems.push(problemHere(place, [], `cannot be read: ${reasonOf(error)}`));
      return null;
    });
    if (text === null) return emptyMap(place);
    this.text.set(file, text);
    const parsed = parseFile({ file, text }, this.#env);
    this.unread ||= parsed.isBroken;
    this.problems.push(...parsed.problems);
    return parsed.tree;
  }

  async parts(folder: string): Promise<readonly string[]> {
    const names = await this.#disk.list(folder).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
      this.unread = true;
      this.problems.push(problemHere({ file: folder, line: 1, column: 1 }, [], `cannot be read: ${reasonOf(error)}`));
      return [];
    });
    // A leading dot: Kubernetes' `..data`, and what editors leave while they save.
    const yaml = names.filter((name) => /^[^.].*\.ya?ml$/.test(name)).toSorted();
    return yaml.map((name) => joinPath(folder, name));
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

const reasonOf = (error: unknown): string => {
  const code = codeOf(error);
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'no permission';
  if (code === 'EISDIR') return 'it is a folder';
  return code ?? String(error);
};

/** For checks that need more than the file, such as the contract: a problem at a path of it. */
export const problemAt = (
  loaded: Loaded,
  path: Path,
  message: string,
  severity: Problem['severity'] = 'error',
): Problem => problemHere(loaded.locate(path), path, message, severity);
