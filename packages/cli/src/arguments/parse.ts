import { InternalError, RefoldError } from '@refold/ir';
import { type Command, commonOptions, type Option, operandWords, type Synonym } from './command.ts';
import { suggestion } from './nearest.ts';

/** What was typed, sorted by the tables of a command. */
export class Arguments {
  readonly operands: readonly string[];
  private readonly command: Command;
  private readonly words: ReadonlyMap<string, readonly string[]>;

  constructor(command: Command, operands: readonly string[], words: ReadonlyMap<string, readonly string[]>) {
    this.command = command;
    this.operands = operands;
    this.words = words;
  }

  /** Whether an option was given. */
  has(name: string): boolean {
    return this.all(name) !== undefined;
  }

  /** The last word given for an option; a later one overrides an earlier one. */
  last(name: string): string | undefined {
    return this.all(name)?.at(-1);
  }

  /** The last word given for an option, read by `parse`; absent when it was not given. Errors name the option. */
  value<T>(name: string, parse: (word: string) => T): T | undefined {
    const word = this.last(name);
    try {
      return word === undefined ? undefined : parse(word);
    } catch (error) {
      if (!(error instanceof RefoldError)) throw error;
      throw new RefoldError(error.code, `${name}: ${error.message}`, error.where, error.hint, error);
    }
  }

  /** All words given for an option, in order; absent when it was not given. */
  all(name: string): readonly string[] | undefined {
    if (![...this.command.options, ...commonOptions].some((o) => o.name === name)) {
      throw new InternalError(`${this.command.name} has no option ${name}`);
    }
    return this.words.get(name);
  }
}

/** Sorts the words of a command line. Throws `usage/option` for anything that the tables do not know. */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  return new Parser(command, argv).parse();
}

class Parser {
  private readonly command: Command;
  private readonly argv: readonly string[];
  private readonly options: readonly Option[];
  private readonly operands: string[] = [];
  private readonly words = new Map<string, string[]>();
  private at = 0;

  constructor(command: Command, argv: readonly string[]) {
    this.command = command;
    this.argv = argv;
    this.options = [...command.options, ...commonOptions];
  }

  parse(): Arguments {
    while (this.at < this.argv.length) {
      const word = this.next();
      if (word === '--') break;
      if (isFlag(word)) this.readOption(word);
      else this.operands.push(word);
    }
    this.operands.push(...this.argv.slice(this.at));
    if (!this.words.has('--help') && !this.words.has('--version')) this.checkOperands();
    return new Arguments(this.command, this.operands, this.words);
  }

  private next(): string {
    return this.argv[this.at++] ?? '';
  }

  private readOption(word: string): void {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const attached = equals < 0 ? undefined : word.slice(equals + 1);
    const option = this.options.find((o) => o.name === name || o.short === name);
    const synonym = this.command.foreign?.synonyms.find((s) => s.name === name);
    if (option) this.give(option.name, this.wordsOf(option, name, attached));
    else if (synonym) this.give(synonym.means, this.wordsOfSynonym(synonym, attached));
    else this.readForeign(name, attached);
  }

  private give(name: string, words: readonly string[]): void {
    this.words.set(name, [...(this.words.get(name) ?? []), ...words]);
  }

  /** An option of another tool that has no effect here; all others are refused. */
  private readForeign(name: string, attached: string | undefined): void {
    const { ignored = [], refused = [] } = this.command.foreign ?? {};
    const useless = ignored.find((o) => o.name === name);
    if (useless) {
      if (useless.takesWord && attached === undefined) this.required(name, 'a value');
      return;
    }
    const refusal = refused.find((r) => r.matches.test(name));
    if (refusal) throw usage(`${name} is not supported: ${refusal.sentence}`);
    const names = this.options.map((o) => o.name);
    throw usage(`there is no option ${name}`, suggestion(name, names, this.helpHint()));
  }

  private wordsOf({ takes }: Option, name: string, attached: string | undefined): readonly string[] {
    switch (takes.kind) {
      case 'nothing':
        if (attached !== undefined) throw usage(`${name} takes no value`);
        return [];
      case 'attached':
        return attached === undefined ? [] : [attached];
      case 'one':
        return [attached ?? this.required(name, takes.word)];
      case 'many':
        return [attached ?? this.required(name, takes.word), ...this.following(takes.more)];
    }
  }

  private wordsOfSynonym(synonym: Synonym, attached: string | undefined): readonly string[] {
    const { name, means, words, otherwise } = synonym;
    if (words) {
      if (attached !== undefined) throw usage(`${name} takes no value`);
      return words;
    }
    if (otherwise) {
      const typed = attached === undefined ? this.following(otherwise.fits) : [attached];
      return typed.length > 0 ? typed : otherwise.words;
    }
    const option = this.options.find((o) => o.name === means);
    if (!option) throw new InternalError(`${name} stands for ${means}, which is not an option`);
    return this.wordsOf(option, name, attached);
  }

  private required(name: string, what: string): string {
    const word = this.argv[this.at];
    if (word === undefined || isFlag(word)) throw usage(`${name} needs ${what}`, this.helpHint());
    return this.next();
  }

  /** The words from here on that fit an option, up to the first that does not. */
  private following(fits: (word: string) => boolean): readonly string[] {
    const start = this.at;
    while (this.at < this.argv.length) {
      const word = this.argv[this.at] ?? '';
      if (isFlag(word) || !fits(word)) break;
      this.at += 1;
    }
    return this.argv.slice(start, this.at);
  }

  private checkOperands(): void {
    const { operands } = this.command;
    const missing = operands[this.operands.length];
    if (missing && !missing.optional) {
      const lists = this.options.some((o) => o.takes.kind === 'many' && this.words.has(o.name));
      const hint = lists ? 'put model files before lists, or -- between them' : this.helpHint();
      throw usage(`${missing.name} is missing: ${missing.text}`, hint);
    }
    const extra = this.operands[operands.length];
    if (extra !== undefined) {
      const most = operands.length === 0 ? 'takes no operands' : `takes only ${operandWords(this.command)}`;
      throw usage(`unexpected argument '${extra}': refold ${this.label()}${most}`, this.helpHint());
    }
  }

  private helpHint(): string {
    return `see refold ${this.label()}--help`;
  }

  /** The name of the command, as typed: the main one has none. */
  private label(): string {
    return this.command.name === 'simplify' ? '' : `${this.command.name} `;
  }
}

function isFlag(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}

function usage(message: string, hint?: string): RefoldError {
  return new RefoldError('usage/option', message, {}, hint);
}
