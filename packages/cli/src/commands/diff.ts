import { diffModels } from '@refold/ir';
import { openModel } from '@refold/ir/node';
import type { Command } from '../arguments/command.ts';

export const diffCommand: Command = {
  name: 'diff',
  summary: 'show what differs between two models, as text',
  operands: [
    { name: 'A', text: 'one model' },
    { name: 'B', text: 'the other model' },
  ],
  options: [],
  run({ operands: [a = '', b = ''] }, { stdout }) {
    const text = diffModels(openModel(a), openModel(b));
    stdout.write(text === '' ? 'the models are equal\n' : `${text}\n`);
  },
};
