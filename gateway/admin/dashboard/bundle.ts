// The page as two files a browser can read. Built ahead in dist/; from a checkout esbuild makes them at the first request.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Bundle {
  readonly script: string;
  readonly styles: string;
}

const here = import.meta.dirname;
const entries = [
  { in: join(here, 'page', 'main.tsx'), out: 'page' },
  { in: join(here, 'page', 'page.css'), out: 'page' },
];

/** Bundles the page's source. Rejects where esbuild is not installed, or the source has errors. */
export const build = async (): Promise<Bundle> => {
  const { build: bundled } = await import('esbuild');
  const { outputFiles } = await bundled({
    entryPoints: entries,
    outdir: here,
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const text = (end: string): string => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  return { script: text('.js'), styles: text('.css') };
};

const prebuilt = async (folder: string): Promise<Bundle> => ({
  script: await readFile(join(folder, 'page.js'), 'utf8'),
  styles: await readFile(join(folder, 'page.css'), 'utf8'),
});

/** In dist/ the bundle lies beside this file; a checkout without esbuild may still have one in its dist/. */
const load = async (): Promise<Bundle> => {
  if (existsSync(join(here, 'page.js'))) return prebuilt(here);
  try {
    return await build();
  } catch (error) {
    const dist = join(here, '../../../dist/gateway/admin/dashboard');
    if (existsSync(join(dist, 'page.js'))) return prebuilt(dist);
    throw error;
  }
};

/** Loads once and remembers; a failure is tried again at the next call. */
export const bundle = (): (() => Promise<Bundle>) => {
  let loading: Promise<Bundle> | null = null;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
};
