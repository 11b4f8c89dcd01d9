import type { Lexer } from './lexer.ts';
import type { CondJson, EmitJson, ExprJson } from './rule-data.ts';
import { CARRIED } from './words.ts';

/** Expressions nested deeper than this are refused. */
const MAX_NESTING = 256;

const comparisons: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];

/** Reads expressions and conditions. */
export class ExpressionParser {
  private readonly lexer: Lexer;
  private nesting = 0;

  constructor(lexer: Lexer) {
    this.lexer = lexer;
  }

  /** An expression; `??` binds loosest. */
  parse(): ExprJson {
    this.nesting += 1;
    if (this.nesting > MAX_NESTING) throw this.lexer.error(`nested deeper than ${MAX_NESTING} levels`);
    const e = this.binary(['??'], () => this.binary(['+', '-'], () => this.product()));
    this.nesting -= 1;
    return e;
  }

  /** A guard or a comparison, perhaps negated, perhaps with a code. */
  condition(): CondJson {
    const { lexer } = this;
    const not = lexer.accept('not') ? ({ not: true } as const) : undefined;
    const { at } = lexer.token;
    const left = this.parse();
    const sign = comparisons.find((c) => lexer.accept(c));
    let condition: CondJson;
    if (sign !== undefined) condition = { guard: sign, args: [left, this.parse()], ...not };
    else if (typeof left === 'object' && left !== null && 'fn' in left)
      condition = { guard: left.fn, args: left.args, ...not };
    else throw lexer.error('a condition is a guard such as same(a, b), or a comparison', at);
    if (!lexer.accept('else')) return condition;
    return { ...condition, reason: lexer.expectKind('string', 'a code in quotes') };
  }

  private product(): ExprJson {
    return this.binary(['*', '/'], () => this.unary());
  }

  private binary(signs: readonly string[], operand: () => ExprJson): ExprJson {
    let left = operand();
    for (;;) {
      const fn = signs.find((s) => this.lexer.accept(s));
      if (fn === undefined) return left;
      left = { fn, args: [left, operand()] };
    }
  }

  private unary(): ExprJson {
    let count = 0;
    while (this.lexer.accept('-')) count += 1;
    if (count > MAX_NESTING) throw this.lexer.error(`nested deeper than ${MAX_NESTING} levels`);
    let e = this.power();
    for (; count > 0; count -= 1) e = typeof e === 'number' ? -e : { fn: 'neg', args: [e] };
    return e;
  }

  private power(): ExprJson {
    const base = this.postfix();
    if (!this.lexer.accept('^')) return base;
    const sign = this.lexer.accept('-');
    const by = this.postfix();
    const exponent: ExprJson = !sign ? by : typeof by === 'number' ? -by : { fn: 'neg', args: [by] };
    return { fn: '^', args: [base, exponent] };
  }

  private postfix(): ExprJson {
    let e = this.primary();
    for (;;) {
      if (this.lexer.accept('[')) e = { index: e, axes: this.axes() };
      else if (typeof e === 'string' && this.lexer.accept('.')) e = { output: e, at: this.whole() };
      else return e;
    }
  }

  private axes(): readonly (':' | 1 | '...')[] {
    const { lexer } = this;
    const axes: (':' | 1 | '...')[] = [];
    do {
      if (lexer.accept(':')) axes.push(':');
      else if (lexer.accept('...')) axes.push('...');
      else if (lexer.token.text === '1') {
        lexer.take();
        axes.push(1);
      } else throw lexer.unexpected("':', 1 or '...'");
    } while (lexer.accept(','));
    lexer.expect(']');
    return axes;
  }

  private whole(): number {
    return Number(this.lexer.expectKind('number', 'the number of an output'));
  }

  private primary(): ExprJson {
    const { lexer } = this;
    const { kind, text } = lexer.token;
    if (kind === 'number') return Number(lexer.take().text);
    if (kind === 'string') return { text: lexer.take().text };
    if (kind === 'domain') return this.node();
    if (lexer.accept('[')) return { list: this.items(']') };
    if (lexer.accept('(')) {
      const inner = this.parse();
      lexer.expect(')');
      return inner;
    }
    if (kind !== 'name') throw lexer.unexpected('an expression');
    if (lexer.isFollowedBy('(')) {
      if (/^[A-Z]/.test(text)) return this.node();
      lexer.take();
      lexer.take();
      return { fn: text, args: this.items(')') };
    }
    lexer.take();
    if (text === 'none') return null;
    return text === 'true' || text === 'false' ? text === 'true' : text;
  }

  private items(end: string): readonly ExprJson[] {
    const all: ExprJson[] = [];
    while (!this.lexer.accept(end)) {
      if (all.length > 0) this.lexer.comma(end);
      all.push(this.parse());
    }
    return all;
  }

  private node(): EmitJson {
    const { lexer } = this;
    const domain = lexer.token.kind === 'domain' ? { domain: lexer.take().text } : undefined;
    const op = lexer.expectKind('name', 'an operator');
    lexer.expect('(');
    const inputs: ExprJson[] = [];
    while (!lexer.is(')') && !lexer.is(';')) {
      if (inputs.length > 0) lexer.comma(')');
      inputs.push(this.parse());
    }
    const params = new Map<string, ExprJson>();
    let carry: string | undefined;
    if (lexer.accept(';')) {
      do {
        if (lexer.accept('..')) {
          carry = lexer.token.kind === 'name' ? lexer.take().text : CARRIED;
          break;
        }
        const { at } = lexer.token;
        const name = lexer.expectKind('name', 'a parameter');
        if (params.has(name)) throw lexer.error(`${name} is given twice`, at);
        lexer.expect('=');
        params.set(name, this.parse());
      } while (lexer.accept(','));
    }
    lexer.expect(')');
    const outputs = this.outputs();
    return {
      op,
      in: inputs,
      ...(params.size > 0 ? { params: Object.fromEntries(params) } : {}),
      ...domain,
      ...(carry === undefined ? {} : { carry }),
      ...(outputs === undefined ? {} : { outputs }),
    };
  }

  private outputs(): number | undefined {
    if (!this.lexer.accept('@')) return undefined;
    this.lexer.expect('outputs');
    return this.whole();
  }
}
