// A lockfile must install on every platform and from every registry: no optional package may be missing, no address recorded.
import { readFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const problems = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  if (entry.resolved?.startsWith('http')) problems.push(`${path}: carries "resolved"`);
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
    if (!places.some((place) => place in lock.packages))
      problems.push(`${path || '(root)'}: optional ${name} is missing`);
  }
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log('lockfile: ok');
