import { diffModels } from '@refold/ir';
import { openModel } from '@refold/ir/node';
import { Command } from 'commander';

export function diffCommand(): Command {
  return new Command('diff')
    .description('show what differs between two models, as text')
    .argument('<a>', 'one model')
    .argument('<b>', 'the other model')
    .action((a: string, b: string) => {
      const text = diffModels(openModel(a), openModel(b));
      process.stdout.write(text === '' ? 'the models are equal\n' : `${text}\n`);
    });
}
