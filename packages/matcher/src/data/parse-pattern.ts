import type { ValueTest } from '../pattern/value-tests.ts';
import type { Lexer } from './lexer.ts';
import { parseForm, parseOperators } from './parse-forms.ts';
import { parseLiteral, parseNumber, withType } from './parse-literals.ts';
import { parseParams } from './parse-params.ts';
import { parseValueType } from './parse-types.ts';
import type { OpJson, PatternJson } from './rule-data.ts';
import { CARRIED } from './words.ts';

/** Patterns nested deeper than this are refused. */
const MAX_NESTING = 256;

/** Reads patterns. */
export class PatternParser {
  private readonly lexer: Lexer;
  private nesting = 0;

  constructor(lexer: Lexer) {
    this.lexer = lexer;
  }

  /** A pattern: a sum of terms. */
  parse(): PatternJson {
    this.nesting += 1;
    if (this.nesting > MAX_NESTING) throw this.lexer.error(`nested deeper than ${MAX_NESTING} levels`);
    const first = this.product();
    const terms = [first];
    let rest: string | undefined;
    while (this.lexer.is('+') || this.lexer.is('-')) {
      const isMinus = this.lexer.take().text === '-';
      const at = this.lexer.token.at;
      const term = this.product();
      if (isRest(term)) {
        if (isMinus || rest !== undefined) throw this.lexer.error('the rest of a sum is added, and once', at);
        rest = term.list;
      } else terms.push(isMinus ? negative(term) : term);
    }
    this.nesting -= 1;
    return this.together('sum', terms, rest);
  }

  private product(): PatternJson {
    const factors = [this.unary()];
    let rest: string | undefined;
    while (this.lexer.is('*') || this.lexer.is('/')) {
      const isDivision = this.lexer.take().text === '/';
      const at = this.lexer.token.at;
      const factor = this.unary();
      if (isRest(factor)) {
        if (isDivision || rest !== undefined)
          throw this.lexer.error('the rest of a product is multiplied, and once', at);
        rest = factor.list;
      } else factors.push(isDivision ? { inv: factor } : factor);
    }
    return this.together('product', factors, rest);
  }

  private together(kind: 'sum' | 'product', parts: readonly PatternJson[], rest: string | undefined) {
    const [first] = parts;
    if (parts.length === 1 && rest === undefined && first !== undefined) return first;
    if (first !== undefined && isRest(first))
      throw this.lexer.error(`the rest of a ${kind} stands after a part of it`);
    const of: PatternJson = kind === 'sum' ? { sum: parts } : { product: parts };
    return rest === undefined ? of : { ...of, rest };
  }

  private unary(): PatternJson {
    let count = 0;
    while (this.lexer.accept('-')) count += 1;
    if (count > MAX_NESTING) throw this.lexer.error(`nested deeper than ${MAX_NESTING} levels`);
    let p = this.power();
    for (; count > 0; count -= 1) p = negative(p);
    return p;
  }

  private power(): PatternJson {
    const base = this.primary();
    return this.lexer.accept('^') ? { power: base, by: parseNumber(this.lexer) } : base;
  }

  private primary(): PatternJson {
    let p = this.plain();
    if (this.lexer.accept('as')) p = { named: this.lexer.expectKind('name', 'a name'), of: p };
    return p;
  }

  private plain(): PatternJson {
    const { lexer } = this;
    const { kind, text } = lexer.token;
    const isNear = lexer.is('near') && lexer.isFollowedBy('(');
    if (kind === 'number' || lexer.is('~') || lexer.is('[') || isNear) return this.literal();
    if (kind === 'domain' || lexer.is('{')) return this.operator();
    if (lexer.accept('(')) return this.alternatives();
    if (lexer.accept('_')) return lexer.is('!') ? this.constant('_') : { any: true };
    if (kind !== 'name') throw lexer.unexpected('a pattern');
    if (lexer.isFollowedBy('('))
      return /^[A-Z]/.test(text) ? this.operator() : parseForm(lexer, () => this.parse());
    lexer.take();
    if (text === 'none') return { absent: true };
    if (text === 'next') return { hole: true };
    if (lexer.accept('...')) return { list: text };
    return lexer.is('!') ? this.constant(text) : this.value(text);
  }

  private literal(): PatternJson {
    const { value, tol } = parseLiteral(this.lexer);
    if (typeof value === 'number' && tol === undefined && !this.lexer.is(':')) return value;
    return withType(this.lexer, { number: value, ...(tol === undefined ? {} : { tol }) });
  }

  private value(name: string): PatternJson {
    const isOptional = this.lexer.accept('?');
    let test: ValueTest = {};
    while (this.lexer.accept('@')) test = this.mark(test);
    if (this.lexer.accept(':')) test = { ...test, ...parseValueType(this.lexer) };
    const p = Object.keys(test).length > 0 ? { value: name, test } : name;
    return isOptional ? orAbsent(p) : p;
  }

  /** What is asked of the readers of a value: `once` or `reused`, `result` or `inner`. */
  private mark(test: ValueTest): ValueTest {
    const { at } = this.lexer.token;
    const word = this.lexer.expectKind('name', 'once, reused, result or inner');
    if (word === 'once' || word === 'reused') return { ...test, singleUse: word === 'once' };
    if (word === 'result' || word === 'inner') return { ...test, graphOutput: word === 'result' };
    throw this.lexer.error(`there is no '@${word}'`, at);
  }

  private constant(name: string): PatternJson {
    const { lexer } = this;
    lexer.expect('!');
    const isOptional = lexer.accept('?');
    const literal = lexer.accept('is') ? parseLiteral(lexer) : undefined;
    const p = withType(lexer, {
      constant: name,
      ...(literal === undefined ? {} : { is: literal.value }),
      ...(literal?.tol === undefined ? {} : { tol: literal.tol }),
    });
    return isOptional ? orAbsent(p) : p;
  }

  private alternatives(): PatternJson {
    const oneOf = [this.parse()];
    while (this.lexer.accept('|')) oneOf.push(this.parse());
    this.lexer.expect(')');
    const [only] = oneOf;
    return oneOf.length === 1 && only !== undefined ? only : { oneOf };
  }

  private operator(): PatternJson {
    const { lexer } = this;
    const domain = lexer.token.kind === 'domain' ? lexer.take().text : undefined;
    const ops = parseOperators(lexer);
    lexer.expect('(');
    const inputs: PatternJson[] = [];
    let extraInputs: { readonly extraInputs: true } | undefined;
    while (!lexer.is(')') && !lexer.is(';') && !extraInputs) {
      if (inputs.length > 0) lexer.comma(')');
      if (lexer.accept('...')) extraInputs = { extraInputs: true };
      else inputs.push(this.parse());
    }
    const { params, carries } = parseParams(lexer);
    lexer.expect(')');
    const op: OpJson = {
      op: ops.length === 1 ? (ops[0] ?? '') : ops,
      in: inputs,
      ...(domain === undefined ? {} : { domain }),
      ...(params === undefined ? {} : { params }),
      ...extraInputs,
    };
    const whole = this.withSuffixes(op);
    return carries ? { named: CARRIED, of: whole } : whole;
  }

  /** What an operator says behind its inputs: `@once`, `@since 7..12`, `@out 1`, `: float[2, 3]`. */
  private withSuffixes(op: OpJson): OpJson {
    const { lexer } = this;
    let out = op;
    while (lexer.accept('@')) {
      if (lexer.accept('since')) out = { ...out, since: this.range() };
      else if (lexer.accept('out')) out = { ...out, output: parseNumber(this.lexer) };
      else if (lexer.accept('commute')) out = { ...out, commute: true };
      else out = { ...out, test: this.mark(out.test ?? {}) };
    }
    if (lexer.accept(':')) out = { ...out, test: { ...out.test, ...parseValueType(lexer) } };
    return out;
  }

  /** `7..12`, `7..` or `..12`. */
  private range(): { readonly min?: number; readonly max?: number } {
    const { lexer } = this;
    const min = lexer.token.kind === 'number' ? parseNumber(this.lexer) : undefined;
    lexer.expect('..');
    const max = lexer.token.kind === 'number' ? parseNumber(this.lexer) : undefined;
    return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  }
}

function isRest(p: PatternJson): p is { readonly list: string } {
  return typeof p === 'object' && 'list' in p && Object.keys(p).length === 1;
}

function negative(p: PatternJson): PatternJson {
  return typeof p === 'number' ? -p : { neg: p };
}

function orAbsent(p: PatternJson): PatternJson {
  return { oneOf: [p, { absent: true }] };
}
