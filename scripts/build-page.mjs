// Writes the ops page's script and styles into dist/, where the built gateway looks for them. Run after tsc.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from '../gateway/admin/dashboard/bundle.ts';

const folder = fileURLToPath(new URL('../dist/gateway/admin/dashboard/', import.meta.url));
const { script, styles } = await build();
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}page.js`, script);
writeFileSync(`${folder}page.css`, styles);
console.log(
  `page: ${Math.round(script.length / 1024)} KiB of script, ${Math.round(styles.length / 1024)} KiB of styles`,
);
