#!/usr/bin/env node
// Plain JavaScript on purpose: it must start on an old Node and find the newer one that the project brings along.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
const source = at('../gateway/cli/main.ts');
const main = existsSync(source) ? source : at('../dist/gateway/cli/main.js');
if (major > 24 || (major === 24 && minor >= 12)) {
  process.argv[1] = main;
  await import(pathToFileURL(main).href);
} else {
  const local = at('../node_modules/.bin/node');
  if (!existsSync(local)) {
    console.error(
      `strangler needs Node.js 24.12 or newer (this is ${process.version}); run npm ci, or install a newer Node.js`,
    );
    process.exit(70);
  }
  const child = spawn(local, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Whoever started this process knows its pid alone. A terminal sends Ctrl-C to both, and twice would be once too often.
  for (const name of ['SIGTERM', 'SIGHUP', 'SIGUSR2']) process.on(name, () => child.kill(name));
  process.on('SIGINT', () => void (process.stdin.isTTY || child.kill('SIGINT')));
  // npx starts this process from a shell, which a SIGTERM to it ends, and which tells nobody.
  const parent = process.ppid;
  if (process.env.npm_command === 'exec')
    setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 250).unref(); // more than one says no more
  child.once('exit', (status, signal) => {
    if (signal === null) process.exit(status);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
