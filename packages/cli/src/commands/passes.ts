import { allPasses } from '@refold/passes';
import type { Command } from '../arguments/command.ts';

export const passesCommand: Command = {
  name: 'passes',
  summary: 'list the passes: what they do and whether they run by default',
  operands: [],
  options: [],
  run(_, { stdout }) {
    const width = Math.max(...allPasses.map((p) => p.name.length));
    const lines = allPasses.map(
      (p) => `${p.name.padEnd(width)}  ${p.byDefault ? 'on ' : 'off'}  ${p.summary}`,
    );
    stdout.write(`${lines.join('\n')}\n`);
  },
};
