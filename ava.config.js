import { fileURLToPath } from 'node:url';

export default {
  files: ['gateway/**/*.test.ts', 'adapters/**/*.test.ts', 'examples/**/*.test.ts', 'test/**/*.test.ts'],
  extensions: ['ts'],
  concurrency: 3,
  timeout: '60s',
  environmentVariables: compileOnce(),
};

/** Node keeps what it compiles, for the thread of each test file and each process that a test starts. Coverage is exact without only. */
function compileOnce() {
  if (process.env.NODE_V8_COVERAGE) return {};
  return { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/strangler/node', import.meta.url)) };
}
