#!/usr/bin/env node
import { RefoldError } from '@refold/ir';
import { Command, CommanderError } from 'commander';
import { diffCommand } from './commands/diff.ts';
import { passesCommand } from './commands/passes.ts';
import { showCommand } from './commands/show.ts';
import { addForeignOptions, simplifyCommand } from './commands/simplify.ts';
import { describeError, exitCodeOf } from './io/exit.ts';
import { version } from './version.ts';

function program(): Command {
  const refold = new Command('refold')
    .description('Simplify ONNX models, and prove that the numbers stay the same.')
    .version(version)
    .usage('IN.onnx [OUT.onnx] [options]  |  refold COMMAND ...')
    .option('--debug', 'print the stack of internal errors');
  refold.addCommand(addForeignOptions(simplifyCommand()), { isDefault: true });
  refold.addCommand(showCommand());
  refold.addCommand(diffCommand());
  refold.addCommand(passesCommand());
  // Every failure goes through one place, below.
  for (const command of [refold, ...refold.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => {} });
  }
  return refold;
}

async function main(argv: readonly string[]): Promise<number> {
  try {
    await program().parseAsync([...argv]);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      const usage = new RefoldError('usage/option', error.message.replace(/^error: /, ''), {}, 'see refold --help');
      process.stderr.write(`${describeError(usage)}\n`);
      return exitCodeOf(usage);
    }
    process.stderr.write(`${describeError(error)}\n`);
    if (argv.includes('--debug') && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return exitCodeOf(error);
  }
}

process.exitCode = await main(process.argv);
