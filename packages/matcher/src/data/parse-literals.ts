import type { Tolerance } from '../pattern/value-tests.ts';
import type { Lexer } from './lexer.ts';
import { parseConstantType } from './parse-types.ts';
import type { ConstantJson, NumberJson } from './rule-data.ts';
import { NEAR_ULP } from './words.ts';

/** A number or a list of numbers, and how near a constant must be to it. */
export interface Literal {
  readonly value: number | readonly number[];
  readonly tol?: Tolerance;
}

/** `-0.5`. */
export function parseNumber(lexer: Lexer): number {
  const sign = lexer.accept('-') ? -1 : 1;
  return sign * Number(lexer.expectKind('number', 'a number'));
}

/** `-0.5`, or `[1, 2]`. */
export function parseNumbers(lexer: Lexer): number | readonly number[] {
  if (!lexer.accept('[')) return parseNumber(lexer);
  const all: number[] = [];
  while (!lexer.accept(']')) {
    if (all.length > 0) lexer.comma(']');
    all.push(parseNumber(lexer));
  }
  return all;
}

/** `0.5`, `~0.7` or `near(0.7; rel=1e-3)`. */
export function parseLiteral(lexer: Lexer): Literal {
  if (lexer.accept('~')) return { value: parseNumbers(lexer), tol: { ulp: NEAR_ULP } };
  return lexer.is('near') ? near(lexer) : { value: parseNumbers(lexer) };
}

function near(lexer: Lexer): Literal {
  const { at } = lexer.expect('near');
  lexer.expect('(');
  const value = parseNumbers(lexer);
  const { ulp, rel, abs } = parseOptions(lexer, ['ulp', 'rel', 'abs']);
  if (ulp !== undefined && rel === undefined && abs === undefined) return { value, tol: { ulp } };
  if (rel === undefined || ulp !== undefined) throw lexer.error('near takes ulp, or rel and perhaps abs', at);
  return { value, tol: abs === undefined ? { rel } : { rel, abs } };
}

/** A constant with the type behind it, if one is written. */
export function withType<T extends NumberJson | ConstantJson>(lexer: Lexer, constant: T): T {
  return lexer.accept(':') ? { ...constant, test: parseConstantType(lexer) } : constant;
}

/** `; min=1, max=2` and the closing parenthesis. */
export function parseOptions<K extends string>(
  lexer: Lexer,
  keys: readonly K[],
): { readonly [P in K]?: number } {
  const found: { [P in K]?: number } = {};
  if (lexer.accept(';')) {
    do {
      const key = keys.find((k) => lexer.is(k));
      if (key === undefined) throw lexer.unexpected(keys.join(' or '));
      lexer.take();
      lexer.expect('=');
      found[key] = parseNumber(lexer);
    } while (lexer.accept(','));
  }
  lexer.expect(')');
  return found;
}
