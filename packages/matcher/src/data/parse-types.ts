import type { DimsTest, DTypeClass, ValueTest } from '../pattern/value-tests.ts';
import type { Lexer } from './lexer.ts';
import type { ConstantTestJson } from './rule-data.ts';

/** The test of a value: dtypes, sizes and rank, such as `float[B, S, ...]` or `{float16, float32} rank 2..4`. */
export function parseValueType(lexer: Lexer): ValueTest {
  const test = { ...dtypeOf(lexer), ...dimsOf(lexer), ...rankOf(lexer) };
  if (Object.keys(test).length === 0) throw lexer.unexpected('a type');
  return test;
}

/** The test of a constant: dtypes, sizes, and `uniform` or `varied` elements. */
export function parseConstantType(lexer: Lexer): ConstantTestJson {
  const test = { ...dtypeOf(lexer), ...dimsOf(lexer) };
  const splat = lexer.accept('uniform') ? true : lexer.accept('varied') ? false : undefined;
  if (splat !== undefined) return { ...test, splat };
  if (Object.keys(test).length === 0) throw lexer.unexpected('a type');
  return test;
}

/** Words behind a type that are not dtypes. */
const others: ReadonlySet<string> = new Set(['rank', 'uniform', 'varied']);

function dtypeOf(lexer: Lexer): { readonly dtype?: DTypeClass | readonly DTypeClass[] } {
  if (lexer.accept('{')) {
    const all: string[] = [];
    do all.push(lexer.expectKind('name', 'a dtype'));
    while (lexer.accept(','));
    lexer.expect('}');
    // Whether these are dtypes is checked with the form of the whole rule.
    return { dtype: all as DTypeClass[] };
  }
  if (lexer.token.kind !== 'name' || others.has(lexer.token.text)) return {};
  return { dtype: lexer.take().text as DTypeClass };
}

function dimsOf(lexer: Lexer): { readonly dims?: DimsTest } {
  if (!lexer.accept('[')) return {};
  const dims: (number | string)[] = [];
  while (!lexer.accept(']')) {
    if (dims.length > 0) lexer.comma(']');
    dims.push(sizeOf(lexer));
  }
  return { dims };
}

function sizeOf(lexer: Lexer): number | string {
  if (lexer.accept('_')) return '_';
  if (lexer.accept('...')) return '...';
  const factors: string[] = [];
  do {
    const { kind, text } = lexer.token;
    if (kind !== 'name' && !(kind === 'number' && /^\d+$/.test(text))) throw lexer.unexpected('a size');
    factors.push(lexer.take().text);
  } while (lexer.accept('*'));
  const [only = ''] = factors;
  return factors.length === 1 && /^\d+$/.test(only) ? Number(only) : factors.join('*');
}

function rankOf(lexer: Lexer): { readonly rank?: number | { readonly min?: number; readonly max?: number } } {
  if (!lexer.accept('rank')) return {};
  const min = lexer.token.kind === 'number' ? Number(lexer.take().text) : undefined;
  if (!lexer.accept('..')) {
    if (min === undefined) throw lexer.unexpected('a rank');
    return { rank: min };
  }
  const max = lexer.token.kind === 'number' ? Number(lexer.take().text) : undefined;
  return { rank: { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) } };
}
