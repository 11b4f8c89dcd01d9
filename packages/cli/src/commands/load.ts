import type { Command } from '../arguments/command.ts';
import { type CommandName, commandNames } from './names.ts';
import { simplifyCommand } from './simplify.ts';

/** The code of other commands than the main one is loaded when they are asked for. */
const loaders: Readonly<Record<CommandName, () => Promise<Command>>> = {
  simplify: async () => simplifyCommand,
  show: async () => (await import('./show.ts')).showCommand,
  diff: async () => (await import('./diff.ts')).diffCommand,
  run: async () => (await import('./run.ts')).runCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  quantize: async () => (await import('./quantize.ts')).quantizeCommand,
  convert: async () => (await import('./convert.ts')).convertCommand,
  passes: async () => (await import('./passes.ts')).passesCommand,
  rules: async () => (await import('./rules.ts')).rulesCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
};

export function loadCommand(name: CommandName): Promise<Command> {
  return loaders[name]();
}

export function loadAllCommands(): Promise<readonly Command[]> {
  return Promise.all(commandNames.map(loadCommand));
}
