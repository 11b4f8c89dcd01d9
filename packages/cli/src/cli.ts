import { helpOf } from './arguments/help.ts';
import { parseArguments } from './arguments/parse.ts';
import { loadAllCommands, loadCommand } from './commands/load.ts';
import { isCommandName } from './commands/names.ts';
import { describeError, exitCodeOf } from './io/exit.ts';
import type { Terminal } from './io/terminal.ts';
import { version } from './version.ts';

const footer = `Exit status
  0 done, 1 the check failed, 2 wrong usage, 3 the model is bad or unsupported,
  4 the file system refused, 5 our own fault, 6 there was nothing to check on.
  Unless it is 0, no model was written.`;

/** Runs one command line. Answers the exit status; never throws. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    terminal.stderr.write(`${describeError(error)}\n`);
    if (argv.includes('--debug') && error instanceof Error) terminal.stderr.write(`${error.stack}\n`);
    return exitCodeOf(error);
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  if (argv.length === 0) {
    // Whoever typed this wants help; a script that lost its arguments must not go on.
    terminal.stderr.write(`${await mainHelp()}\n`);
    return 2;
  }
  const named = isCommandName(argv[0]) ? argv[0] : undefined;
  const command = await loadCommand(named ?? 'simplify');
  const args = parseArguments(command, named ? argv.slice(1) : argv);
  if (args.has('--help')) terminal.stdout.write(`${named ? helpOf(command) : await mainHelp()}\n`);
  else if (args.has('--version')) terminal.stdout.write(`${version}\n`);
  else return (await command.run(args, terminal)) ?? 0;
  return 0;
}

async function mainHelp(): Promise<string> {
  const [main, ...others] = await loadAllCommands();
  return main ? `${helpOf(main, others)}\n\n${footer}` : footer;
}
