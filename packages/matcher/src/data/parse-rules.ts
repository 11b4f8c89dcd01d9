import { type Exactness, exactnesses, type Phase, phases } from '../rewrite/rule.ts';
import type { Lexer } from './lexer.ts';
import { ExpressionParser } from './parse-expression.ts';
import { parseInstance } from './parse-instance.ts';
import { PatternParser } from './parse-pattern.ts';
import type { ExprJson, PatternJson, RuleData } from './rule-data.ts';
import { statements } from './words.ts';

/** A rule as it was read, and where it starts. */
export interface ParsedRule {
  readonly data: RuleData;
  readonly at: number;
}

/** More rules than this are refused in one text. */
const MAX_RULES = 256;

/** Reads all rules of a text; what is thrown has file, line and column. */
export function parseAll(lexer: Lexer): readonly ParsedRule[] {
  const rules: ParsedRule[] = [];
  while (lexer.token.kind !== 'end') {
    if (rules.length >= MAX_RULES) throw lexer.error(`more than ${MAX_RULES} rules`);
    const { at } = lexer.token;
    if (!lexer.is('rule')) throw lexer.unexpected("'rule'");
    lexer.take();
    rules.push({ data: new RuleParser(lexer).parse(), at });
  }
  return rules;
}

type Named<T> = readonly (readonly [string, T])[];

class RuleParser {
  private readonly lexer: Lexer;
  private readonly patterns: PatternParser;
  private readonly expressions: ExpressionParser;

  constructor(lexer: Lexer) {
    this.lexer = lexer;
    this.patterns = new PatternParser(lexer);
    this.expressions = new ExpressionParser(lexer);
  }

  parse(): RuleData {
    const { lexer } = this;
    const name = lexer.takeRuleName();
    lexer.expect(':');
    const phase = this.oneOf<Phase>(phases);
    const exactness = this.oneOf<Exactness>(exactnesses);
    const out: { -readonly [K in keyof RuleData]?: RuleData[K] } = { name, phase, exactness };
    const { at } = lexer.token;
    while (lexer.token.kind !== 'end' && !lexer.is('rule')) this.statement(out);
    const { match, emit } = out;
    if (match === undefined) throw lexer.error(`rule ${name} has no match`, at);
    if (emit === undefined) throw lexer.error(`rule ${name} has no emit`, at);
    return { ...out, name, phase, exactness, match, emit };
  }

  private oneOf<T extends string>(words: readonly T[]): T {
    const found = words.find((w) => this.lexer.is(w));
    if (found === undefined) throw this.lexer.unexpected(`one of ${words.join(', ')}`);
    this.lexer.take();
    return found;
  }

  private statement(out: { -readonly [K in keyof RuleData]?: RuleData[K] }): void {
    const { lexer } = this;
    const { at } = lexer.token;
    const word = statements.find((w) => lexer.is(w));
    if (word === undefined) throw lexer.unexpected(`one of ${statements.join(', ')}`);
    lexer.take();
    switch (word) {
      case 'doc':
        this.once(out.doc, word, at);
        out.doc = this.sentence();
        return;
      case 'benefit':
        this.once(out.benefit, word, at);
        out.benefit = this.number();
        return;
      case 'tags':
        out.tags = [...(out.tags ?? []), ...this.several(() => lexer.expectKind('name', 'a tag'))];
        return;
      case 'exporters':
        out.exporters = [...(out.exporters ?? []), ...this.several(() => this.sentence())];
        return;
      case 'traps':
        out.traps = [...(out.traps ?? []), ...this.several(() => this.sentence())];
        return;
      case 'def':
        out.defs = [...(out.defs ?? []), ...this.named(() => this.patterns.parse())];
        return;
      case 'let':
        out.let = [...(out.let ?? []), ...this.named(() => this.expressions.parse())];
        return;
      case 'where':
        out.where = [...(out.where ?? []), ...this.several(() => this.expressions.condition())];
        return;
      case 'instance':
        out.instances = [...(out.instances ?? []), parseInstance(lexer)];
        return;
      case 'match':
        this.once(out.match, word, at);
        out.match = this.rooted<PatternJson>(() => this.patterns.parse());
        return;
      case 'emit':
        this.once(out.emit, word, at);
        out.emit = this.rooted<ExprJson>(() => this.expressions.parse());
        return;
    }
  }

  private sentence(): string {
    return this.lexer.expectKind('string', 'a sentence in quotes');
  }

  private once(before: unknown, word: string, at: number): void {
    if (before !== undefined) throw this.lexer.error(`a second ${word}`, at);
  }

  private number(): number {
    const sign = this.lexer.accept('-') ? -1 : 1;
    return sign * Number(this.lexer.expectKind('number', 'a number'));
  }

  private several<T>(read: () => T): readonly T[] {
    const all = [read()];
    while (this.lexer.accept(',')) all.push(read());
    return all;
  }

  private named<T>(read: () => T): Named<T> {
    return this.several(() => {
      const name = this.lexer.expectKind('name', 'a name');
      this.lexer.expect('=');
      return [name, read()] as const;
    });
  }

  /** One thing, or several with the names of roots. */
  private rooted<T>(read: () => T): T | { readonly roots: Named<T> } {
    const isNamed = this.lexer.token.kind === 'name' && this.lexer.isFollowedBy('=');
    return isNamed ? { roots: this.named(read) } : read();
  }
}
