import type { Terminal } from '../io/terminal.ts';
import type { Arguments } from './parse.ts';

/** What follows an option: nothing, one word, one word only behind `=`, or one word and all fitting ones after it. */
export type Takes =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'one'; readonly word: string }
  | { readonly kind: 'attached'; readonly word: string }
  | { readonly kind: 'many'; readonly word: string; readonly more: (word: string) => boolean };

export interface Option {
  /** With its dashes, as typed. */
  readonly name: `--${string}`;
  readonly short?: `-${string}`;
  readonly takes: Takes;
  /** For the help text. */
  readonly text: string;
  /** Heading of the help text under which it stands. */
  readonly group: string;
}

/** An option by which another tool calls one of ours. */
export interface Synonym {
  readonly name: `--${string}`;
  readonly means: `--${string}`;
  /** The words it stands for; it takes none of its own then. */
  readonly words?: readonly string[];
  /** The words it stands for when none follow; those that fit may follow. */
  readonly otherwise?: { readonly words: readonly string[]; readonly fits: (word: string) => boolean };
}

/** An option of another tool that asks for what is always so here. */
export interface Ignored {
  readonly name: `--${string}`;
  readonly takesWord?: boolean;
  readonly because: string;
}

/** An option of another tool for something that we do not do, and what to do instead. */
export interface Refused {
  readonly matches: RegExp;
  readonly sentence: string;
}

/** The options of other tools that scripts may use with ours. */
export interface Foreign {
  readonly synonyms: readonly Synonym[];
  readonly ignored: readonly Ignored[];
  readonly refused: readonly Refused[];
}

export interface Operand {
  readonly name: string;
  readonly text: string;
  readonly optional?: boolean;
}

/** One thing that a person can ask for, as data: parser and help text are made from it. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly operands: readonly Operand[];
  readonly options: readonly Option[];
  readonly foreign?: Foreign;
  /** Does it; a number is the exit status, in place of 0. */
  run(args: Arguments, terminal: Terminal): void | number | Promise<void> | Promise<number>;
}

/** Options that every command takes. */
export const commonOptions: readonly Option[] = [
  {
    name: '--debug',
    takes: { kind: 'nothing' },
    text: 'print stack traces',
    group: 'General',
  },
  { name: '--help', short: '-h', takes: { kind: 'nothing' }, text: 'print this help', group: 'General' },
  {
    name: '--version',
    short: '-v',
    takes: { kind: 'nothing' },
    text: 'print the version',
    group: 'General',
  },
];

/** `IN [OUT]`. */
export function operandWords(command: Command): string {
  return command.operands.map((o) => (o.optional ? `[${o.name}]` : o.name)).join(' ');
}
