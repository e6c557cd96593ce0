// Documents age by themselves: what they name must be there.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { load } from '../../gateway/config/load.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const documents = globSync(['*.md', 'docs/**/*.md', 'bench/*.md', 'examples/**/*.md'], { cwd: root });
const textOf = (document: string): string => readFileSync(join(root, document), 'utf8');

/** Code blocks of one language. */
const blocks = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^ *\`\`\`${language}\n([^]*?)^ *\`\`\``, 'gm'))].map((match) => match[1] ?? '');

test('links lead somewhere', (t) => {
  for (const document of documents) {
    for (const [, target = ''] of textOf(document).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?:|#)/.test(target)) continue;
      const path = join(root, dirname(document), target.replace(/#.*/, ''));
      t.true(existsSync(path), `${document}: ${target}`);
    }
  }
});

test('commands exist: npm scripts, subcommands of strangler, files that are run', (t) => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const cli = textOf('gateway/cli/main.ts');
  for (const document of documents.filter((name) => name !== 'CHANGELOG.md')) {
    const text = textOf(document);
    for (const [, script = ''] of text.matchAll(/\bnpm run ([\w-]+)/g))
      t.true(script in scripts, `${document}: ${script}`);
    for (const [, command = ''] of text.matchAll(/(?:npx |`)strangler ([a-z]+)/g)) {
      t.true(
        cli.includes(`.command('${command}')`) || cli.includes(`new Command('${command}')`),
        `${document}: ${command}`,
      );
    }
    for (const [, file = ''] of text.matchAll(/\bnode ([\w./-]+\.(?:ts|mjs))/g))
      t.true(existsSync(join(root, file)), file);
  }
});

const files = documents.flatMap((document) => blocks(textOf(document), 'yaml').map((text) => ({ document, text })));

test('examples of the file that are whole are taken without a word', async (t) => {
  const whole = files.filter(({ text }) => text.includes('version: 1'));
  t.true(whole.some(({ document }) => document === 'README.md'));
  for (const { document, text } of whole) {
    const disk = { read: () => Promise.resolve(text), list: () => Promise.resolve([]) };
    t.deepEqual((await load(['/example/routes.config.yaml'], {}, disk)).problems, [], document);
  }
});

test('the first screen of the README has the two commands that do everything', (t) => {
  const screen = textOf('README.md').split('\n').slice(0, 20).join('\n');
  t.true(screen.includes('npm ci && npm run demo'));
  t.true(screen.includes('npm ci && npm test'));
});

test('a decision has a number of its own and fits on a page', (t) => {
  const decisions = documents.filter((name) => name.startsWith('docs/adr/'));
  const numbers = decisions.map((name) => /(\d{4})-/.exec(name)?.[1]);
  t.is(new Set(numbers).size, decisions.length);
  for (const name of decisions) {
    const text = textOf(name);
    t.true(text.split('\n').length <= 60, name);
    for (const part of ['## Context', '## Decision', '## What it costs', '## What was left']) {
      t.true(text.includes(part), `${name}: ${part}`);
    }
  }
});
