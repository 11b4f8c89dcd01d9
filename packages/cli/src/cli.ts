import { existsSync } from 'node:fs';
import { RefoldError } from '@refold/ir';
import { helpOf } from './arguments/help.ts';
import { nearest } from './arguments/nearest.ts';
import { parseArguments } from './arguments/parse.ts';
import { loadAllCommands, loadCommand } from './commands/load.ts';
import { commandNames, isCommandName } from './commands/names.ts';
import { describeError, exitCodeOf } from './io/exit.ts';
import type { Terminal } from './io/terminal.ts';
import { version } from './version.ts';

const footer = `Exit status
  0 success, 1 the check failed, 2 wrong usage, 3 the model is invalid or unsupported,
  4 file system error, 5 internal error, 6 the check could not run the first model.
  No model is written unless the status is 0.`;

/** Runs one command line. Returns the exit status; never throws. */
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
  if (!named) refuseMistyped(argv[0] ?? '');
  const command = await loadCommand(named ?? 'simplify');
  const args = parseArguments(command, named ? argv.slice(1) : argv);
  if (args.has('--help')) terminal.stdout.write(`${named ? helpOf(command) : await mainHelp()}\n`);
  else if (args.has('--version')) terminal.stdout.write(`${version}\n`);
  else return (await command.run(args, terminal)) ?? 0;
  return 0;
}

/** Without a command, the first word is a file: one that is not there and almost a command is a slip. */
function refuseMistyped(word: string): void {
  if (!/^\w+$/.test(word)) return;
  const near = nearest(word, commandNames);
  if (near === undefined || existsSync(word)) return;
  throw new RefoldError('usage/option', `there is no command or file '${word}'`, {}, `did you mean ${near}?`);
}

async function mainHelp(): Promise<string> {
  const [main, ...others] = await loadAllCommands();
  return main ? `${helpOf(main, others)}\n\n${footer}` : footer;
}
