// Reads a .cpuprofile (V8's format, as `node --cpu-prof` writes it) and tells where the time went.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  /** `function file:line` */
  readonly where: string;
  /** Share of all samples that were not idle, 0–1. */
  readonly share: number;
}

/** Self time by function, the dearest first. Idle time does not count. */
export function selfTimes(profile: Profile): SelfTime[] {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const spent = new Map<string, number>();
  let all = 0;
  profile.samples.forEach((id, i) => {
    const where = names.get(id) ?? '?';
    if (where.startsWith('(idle)') || where.startsWith('(root)')) return;
    const microseconds = profile.timeDeltas[i] ?? 0;
    all += microseconds;
    spent.set(where, (spent.get(where) ?? 0) + microseconds);
  });
  return [...spent]
    .map(([where, microseconds]) => ({ where, share: microseconds / all }))
    .toSorted((a, b) => b.share - a.share);
}

function nameOf(frame: Profile['nodes'][number]['callFrame']): string {
  const name = frame.functionName || '(anonymous)';
  if (frame.url === '') return name;
  const file = frame.url
    .replace(/^file:\/\//, '')
    .split('/')
    .slice(-3)
    .join('/');
  return `${name} ${file}:${frame.lineNumber + 1}`;
}

/** The newest profile in `directory`, summed up; null when there is none. */
export function profileIn(directory: string): SelfTime[] | null {
  const file = readdirSync(directory)
    .toSorted()
    .findLast((name) => name.endsWith('.cpuprofile'));
  return file === undefined ? null : selfTimes(JSON.parse(readFileSync(join(directory, file), 'utf8')) as Profile);
}
