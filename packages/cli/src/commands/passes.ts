import { allPasses } from '@refold/passes';
import { Command } from 'commander';

export function passesCommand(): Command {
  return new Command('passes').description('list the passes: name, on or off by default, what they do').action(() => {
    const width = Math.max(...allPasses.map((p) => p.name.length));
    const lines = allPasses.map((p) => `${p.name.padEnd(width)}  ${p.byDefault ? 'on ' : 'off'}  ${p.summary}`);
    process.stdout.write(`${lines.join('\n')}\n`);
  });
}
