// `strangler`: one file a command in commands/. A mistake gets one clear line and exit 2.
import { Command, CommanderError, Option } from 'commander';
import { version } from '../version.ts';

const listOf = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];
const configured = (given: string[] | undefined): string[] =>
  given ?? [process.env['STRANGLER_CONFIG'] ?? './routes.config.yaml'];
const output = () => new Option('-o, --output <form>', 'how to print').choices(['table', 'json']).default('table');
const configOption = () =>
  new Option('-c, --config <file>', 'the file; again for an overlay over it').argParser(listOf);
const io = { stdout: process.stdout, stderr: process.stderr };

interface ImportFlags {
  readonly output: 'table' | 'json';
  readonly json?: true;
  readonly out?: string;
  readonly allowHost?: string[];
  readonly root?: string;
}

const ends = (work: Promise<number>): Promise<void> => work.then((code) => void (process.exitCode = code));

const program = new Command('strangler')
  .description('A gateway that lets old systems retire: moves SOAP traffic to new services, operation by operation.')
  .version(version)
  .exitOverride()
  .showSuggestionAfterError();

program
  .command('serve')
  .description('run the gateway')
  .addOption(configOption())
  .option('--kill-file <file>', 'while this file is there, all calls go to legacy, or those it names')
  .action(async (options: { config?: string[]; killFile?: string }) => {
    const { serve } = await import('./commands/serve.ts');
    await ends(serve({ config: configured(options.config), killFile: options.killFile ?? null }));
    // All is flushed and closed; what a destination still holds open must not keep the process.
    process.exit();
  });

program
  .command('check')
  .description('would this file be taken? All problems at once')
  .addOption(configOption())
  .addOption(output())
  .action(async (options: { config?: string[]; output: 'table' | 'json' }) => {
    const { check } = await import('./commands/check.ts');
    const { compiled } = await import('./commands/compiled.ts');
    await ends(check({ config: configured(options.config), output: options.output, validateMore: compiled }, io));
  });

program
  .command('import')
  .description(
    'what of a WSDL can be answered from JSON, what can only be passed through and why, and a file to begin with',
  )
  .argument('<wsdl>', 'path, or http(s) URL')
  .addOption(output())
  .option('--json', 'the same as --output json')
  .option('--out <folder>', 'save all its documents there, referring to each other by name')
  .option('--allow-host <host>', 'another host that documents may be fetched from; again for more', listOf)
  .option('--root <folder>', 'files may be imported from here; from the folder of the WSDL where nothing is said')
  .action(async (wsdl: string, options: ImportFlags) => {
    const { importContract } = await import('./commands/import.ts');
    const { inspecting } = await import('./commands/compiled.ts');
    const { allowHost = [], root = null, out = null } = options;
    const form = options.json === true ? 'json' : options.output;
    await ends(importContract({ wsdl, output: form, allowHosts: allowHost, root, out }, inspecting, io));
  });

program
  .command('scaffold')
  .description(
    'write what a new service starts from: types, handlers to be written, JSON Schemas, tests, a routes block',
  )
  .argument('<wsdl>', 'path')
  .option('--out <folder>', 'where to; in a folder named after the WSDL where nothing is said')
  .option('--force', 'write over what was made before, though never over handlers and their tests')
  .action(async (wsdl: string, options: { out?: string; force?: true }) => {
    const { scaffold } = await import('./commands/scaffold.ts');
    const { scaffolding } = await import('./commands/compiled.ts');
    await ends(scaffold({ wsdl, out: options.out ?? null, force: options.force === true }, scaffolding, io));
  });

const adminOptions = (command: Command): Command =>
  command
    .option('--admin <url>', 'where the admin side is; $STRANGLER_ADMIN, or http://127.0.0.1:9090')
    .option('--token <token>', 'what changing takes; $STRANGLER_TOKEN');

adminOptions(program.command('status'))
  .description('routes and operations: stage, wanted and measured share, fallbacks')
  .addOption(output())
  .action(async (options: { admin?: string; token?: string; output: 'table' | 'json' }) => {
    const { status } = await import('./commands/status.ts');
    await ends(status(options, io));
  });

adminOptions(program.command('flip'))
  .description('write one weight into the file: strangler flip orders.GetOrder 25 --why "first canary"')
  .argument('<target>', 'route.operation')
  .argument('<weight>', 'percent answered by modern, 0 to 100')
  .option('--why <reason>', 'kept with the change')
  .action(async (target: string, weight: string, options: { admin?: string; token?: string; why?: string }) => {
    const { flip } = await import('./commands/flip.ts');
    await ends(flip({ ...options, target, weight }, io));
  });

const breakerCommand = program
  .command('breaker')
  .description('hold the breaker of a destination, or of one of its operations: open, closed, or as calls go');
const holds = {
  open: 'nobody is asked, legacy answers',
  close: 'everybody is asked, whatever comes of it',
  auto: 'as calls go again',
};
for (const how of ['open', 'close', 'auto'] as const)
  adminOptions(breakerCommand.command(how))
    .description(holds[how])
    .argument('<target>', 'destination, or destination/operation')
    .option('--why <reason>', 'told with the change')
    .addOption(output())
    .action(
      async (target: string, options: { admin?: string; token?: string; why?: string; output: 'table' | 'json' }) => {
        const { breaker } = await import('./commands/breaker.ts');
        await ends(breaker({ ...options, how, target }, io));
      },
    );
adminOptions(breakerCommand.command('list'))
  .description('those that have seen failures, have opened, or are held')
  .addOption(output())
  .action(async (options: { admin?: string; token?: string; output: 'table' | 'json' }) => {
    const { breaker } = await import('./commands/breaker.ts');
    await ends(breaker({ ...options, how: 'list', target: null }, io));
  });

const cacheCommand = program.command('cache').description('what is kept in memory, and how to be rid of it');
interface CacheFlags {
  readonly admin?: string;
  readonly token?: string;
  readonly output: 'table' | 'json';
}
adminOptions(cacheCommand.command('stats'))
  .description('answers, bytes, and what became of the calls of each operation')
  .addOption(output())
  .action(async (options: CacheFlags) => {
    const { cacheStats } = await import('./commands/cache.ts');
    await ends(cacheStats(options, io));
  });
adminOptions(cacheCommand.command('inspect'))
  .description('one kept answer without its content; its key stands in Cache-Status')
  .argument('<key>')
  .addOption(output())
  .action(async (key: string, options: CacheFlags) => {
    const { cacheInspect } = await import('./commands/cache.ts');
    await ends(cacheInspect({ ...options, key }, io));
  });
adminOptions(cacheCommand.command('purge'))
  .description('take kept answers back: strangler cache purge --tag GetOrder:7')
  .option('--key <key>', 'one answer')
  .option('--tag <tag>', 'all with this tag: GetOrder:7, or the path of plain HTTP, /orders/7')
  .option('--operation <target>', 'all of route.operation')
  .option('--route <route>', 'all of a route')
  .option('--all', 'all there is')
  .option('--why <reason>', 'told with the change')
  .addOption(output())
  .action(async (options: CacheFlags & { all?: true }) => {
    const { cachePurge } = await import('./commands/cache.ts');
    await ends(cachePurge(options, io));
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
