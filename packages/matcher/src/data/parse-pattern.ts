import type { Tolerance, ValueTest } from '../pattern/value-tests.ts';
import type { Lexer } from './lexer.ts';
import { parseParams } from './parse-params.ts';
import { parseConstantType, parseValueType } from './parse-types.ts';
import type { OpJson, PatternJson } from './rule-data.ts';
import { CARRIED, NEAR_ULP } from './words.ts';

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
    return this.lexer.accept('^') ? { power: base, by: this.signedNumber() } : base;
  }

  private signedNumber(): number {
    const sign = this.lexer.accept('-') ? -1 : 1;
    return sign * Number(this.lexer.expectKind('number', 'a number'));
  }

  private primary(): PatternJson {
    let p = this.plain();
    if (this.lexer.accept('as')) p = { named: this.lexer.expectKind('name', 'a name'), of: p };
    return p;
  }

  private plain(): PatternJson {
    const { lexer } = this;
    const { kind, text } = lexer.token;
    if (kind === 'number' || text === '~' || text === '[') return this.literal();
    if (kind === 'domain' || lexer.is('{')) return this.operator();
    if (lexer.accept('(')) return this.alternatives();
    if (lexer.accept('_')) return lexer.is('!') ? this.constant('_') : { any: true };
    if (kind !== 'name') throw lexer.unexpected('a pattern');
    if (lexer.isFollowedBy('(')) return /^[A-Z]/.test(text) ? this.operator() : this.form();
    lexer.take();
    if (text === 'none') return { absent: true };
    if (text === 'next') return { hole: true };
    if (lexer.accept('...')) return { list: text };
    return lexer.is('!') ? this.constant(text) : this.value(text);
  }

  private literal(): PatternJson {
    const tol: Tolerance | undefined = this.lexer.accept('~') ? { ulp: NEAR_ULP } : undefined;
    const number = this.numbers();
    if (typeof number === 'number' && tol === undefined && !this.lexer.is(':')) return number;
    return this.withConstantType({ number, ...(tol === undefined ? {} : { tol }) });
  }

  private withConstantType(p: Extract<PatternJson, { readonly tol?: Tolerance }>): PatternJson {
    return this.lexer.accept(':') ? { ...p, test: parseConstantType(this.lexer) } : p;
  }

  private numbers(): number | readonly number[] {
    if (!this.lexer.accept('[')) return this.signedNumber();
    const all: number[] = [];
    while (!this.lexer.accept(']')) {
      if (all.length > 0) this.lexer.comma(']');
      all.push(this.signedNumber());
    }
    return all;
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
    const is = lexer.accept('is') ? this.tolerated() : undefined;
    const value = is && { is: is.value, ...(is.tol === undefined ? {} : { tol: is.tol }) };
    const p = this.withConstantType({ constant: name, ...value });
    return isOptional ? orAbsent(p) : p;
  }

  /** A literal with its tolerance: `0.5`, `~0.7`, `near(0.7; rel=1e-3)`. */
  private tolerated(): { readonly value: number | readonly number[]; readonly tol?: Tolerance } {
    if (this.lexer.accept('~')) return { value: this.numbers(), tol: { ulp: NEAR_ULP } };
    return this.lexer.is('near') ? this.near() : { value: this.numbers() };
  }

  private near(): { readonly value: number | readonly number[]; readonly tol: Tolerance } {
    const at = this.lexer.expect('near').at;
    this.lexer.expect('(');
    const value = this.numbers();
    const named = this.namedNumbers(['ulp', 'rel', 'abs']);
    const [ulp, rel, abs] = ['ulp', 'rel', 'abs'].map((k) => named.get(k));
    if (ulp !== undefined && named.size === 1) return { value, tol: { ulp } };
    if (rel === undefined || ulp !== undefined)
      throw this.lexer.error('near takes ulp, or rel and perhaps abs', at);
    return { value, tol: abs === undefined ? { rel } : { rel, abs } };
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
    const ops: string[] = [];
    if (lexer.accept('{')) {
      do ops.push(lexer.expectKind('name', 'an operator'));
      while (lexer.accept(','));
      lexer.expect('}');
    } else ops.push(lexer.expectKind('name', 'an operator'));
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
      else if (lexer.accept('out')) out = { ...out, output: this.signedNumber() };
      else if (lexer.accept('commute')) out = { ...out, commute: true };
      else out = { ...out, test: this.mark(out.test ?? {}) };
    }
    if (lexer.accept(':')) out = { ...out, test: { ...out.test, ...parseValueType(lexer) } };
    return out;
  }

  /** `7..12`, `7..` or `..12`. */
  private range(): { readonly min?: number; readonly max?: number } {
    const { lexer } = this;
    const min = lexer.token.kind === 'number' ? this.signedNumber() : undefined;
    lexer.expect('..');
    const max = lexer.token.kind === 'number' ? this.signedNumber() : undefined;
    return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  }

  /** One of the forms with a small letter. */
  private form(): PatternJson {
    const { lexer } = this;
    if (lexer.is('near')) {
      const { value, tol } = this.near();
      return this.withConstantType({ number: value, tol });
    }
    const { at } = lexer.token;
    const word = lexer.take().text;
    lexer.expect('(');
    switch (word) {
      case 'through':
        return this.through();
      case 'repeat':
        return this.repeat();
      case 'each':
        return this.each();
      case 'choose':
        return this.choose();
      case 'permuted':
        return this.permuted();
      case 'reshaped': {
        const reshaped = lexer.expectKind('string', 'an equation of shapes such as "B (H D) -> B H D"');
        lexer.expect(',');
        return this.closed({ reshaped, of: this.parse() });
      }
      default:
        throw lexer.error(`'${word}' is no form of pattern; operators start with a capital letter`, at);
    }
  }

  private closed(p: PatternJson): PatternJson {
    this.lexer.expect(')');
    return p;
  }

  private through(): PatternJson {
    const { lexer } = this;
    const ops: string[] = [];
    if (lexer.accept('{')) {
      do ops.push(lexer.expectKind('name', 'an operator'));
      while (lexer.accept(','));
      lexer.expect('}');
    } else ops.push(lexer.expectKind('name', 'an operator'));
    lexer.expect(',');
    const of = this.parse();
    let capture: string | undefined;
    let max: number | undefined;
    if (lexer.accept(';')) {
      do {
        const key = lexer.expectKind('name', 'max or list');
        lexer.expect('=');
        if (key === 'max') max = this.signedNumber();
        else if (key === 'list') capture = lexer.expectKind('name', 'a name');
        else throw lexer.error(`through has no ${key}`);
      } while (lexer.accept(','));
    }
    lexer.expect(')');
    return {
      through: ops,
      of,
      ...(capture === undefined ? {} : { capture }),
      ...(max === undefined ? {} : { max }),
    };
  }

  private repeat(): PatternJson {
    const { lexer } = this;
    const body = this.parse();
    lexer.expect(',');
    const of = this.parse();
    const numbers = new Map<string, number>();
    let count: string | undefined;
    if (lexer.accept(';')) {
      do {
        const key = lexer.expectKind('name', 'min, max or count');
        lexer.expect('=');
        if (key === 'count') count = lexer.expectKind('name', 'a name');
        else if (key === 'min' || key === 'max') numbers.set(key, this.signedNumber());
        else throw lexer.error(`repeat has no ${key}`);
      } while (lexer.accept(','));
    }
    lexer.expect(')');
    return {
      repeat: body,
      of,
      ...Object.fromEntries(numbers),
      ...(count === undefined ? {} : { count }),
    };
  }

  private each(): PatternJson {
    const list = this.lexer.expectKind('name', 'a name');
    this.lexer.expect(',');
    const each = this.parse();
    return { list, each, ...Object.fromEntries(this.namedNumbers(['min', 'max'])) };
  }

  private choose(): PatternJson {
    const { lexer } = this;
    const tag = lexer.expectKind('name', 'a name');
    lexer.expect(';');
    const oneOf: PatternJson[] = [];
    const labels: string[] = [];
    do {
      if (lexer.token.kind === 'name' && lexer.isFollowedBy('=')) {
        labels.push(lexer.take().text);
        lexer.take();
      }
      oneOf.push(this.parse());
    } while (lexer.accept('|'));
    if (labels.length > 0 && labels.length < oneOf.length)
      throw lexer.error('either all alternatives have labels or none');
    return this.closed(labels.length > 0 ? { oneOf, labels, tag } : { oneOf, tag });
  }

  private permuted(): PatternJson {
    const { lexer } = this;
    const { kind, text } = lexer.token;
    let permuted: string | readonly number[] | { readonly capture: string };
    if (kind === 'string') permuted = lexer.take().text;
    else if (lexer.is('[')) {
      const order = this.numbers();
      permuted = typeof order === 'number' ? [order] : order;
    } else if (kind === 'name') permuted = { capture: text };
    else throw lexer.unexpected('an order of axes');
    if (kind === 'name') lexer.take();
    lexer.expect(',');
    return this.closed({ permuted, of: this.parse() });
  }

  /** `; min=1, max=2` and the closing parenthesis. */
  private namedNumbers(keys: readonly string[]): ReadonlyMap<string, number> {
    const { lexer } = this;
    const found = new Map<string, number>();
    if (lexer.accept(';')) {
      do {
        const { at } = lexer.token;
        const key = lexer.expectKind('name', keys.join(' or '));
        if (!keys.includes(key)) throw lexer.error(`expected ${keys.join(' or ')}, found '${key}'`, at);
        lexer.expect('=');
        found.set(key, this.signedNumber());
      } while (lexer.accept(','));
    }
    lexer.expect(')');
    return found;
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
