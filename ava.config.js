export default {
  files: ['gateway/**/*.test.ts', 'adapters/**/*.test.ts', 'examples/**/*.test.ts', 'test/**/*.test.ts'],
  extensions: ['ts'],
  concurrency: 2,
  timeout: '60s',
};
