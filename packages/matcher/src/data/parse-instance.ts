import type { DType } from '@refold/ir';
import type { InstanceHint } from '../rewrite/rule.ts';
import type { Lexer } from './lexer.ts';
import { parseParamLiteral } from './parse-params.ts';
import { statements } from './words.ts';

/**
 * A case for generated tests, such as `[B=2, S=3] float16 opset 20 shapes(x=[B, S]) values(e=1e-5)
 * choices(order="last")`. What kinds of things stand where is checked with the form of the whole rule.
 */
export function parseInstance(lexer: Lexer): InstanceHint {
  lexer.expect('[');
  const dims = fields(lexer, ']', number);
  const isWord = lexer.token.kind === 'name' && !others.has(lexer.token.text);
  const dtype = isWord ? (lexer.take().text as DType) : undefined;
  const opset = lexer.accept('opset') ? number(lexer) : undefined;
  const shapes = part(lexer, 'shapes', sizes);
  const values = part(lexer, 'values', parseParamLiteral);
  const choices = part(lexer, 'choices', parseParamLiteral) as InstanceHint['choices'];
  return {
    dims,
    ...(dtype === undefined ? {} : { dtype }),
    ...(opset === undefined ? {} : { opset }),
    ...(shapes === undefined ? {} : { shapes }),
    ...(values === undefined ? {} : { values }),
    ...(choices === undefined ? {} : { choices }),
  };
}

/** Words that may follow and are not dtypes. */
const others: ReadonlySet<string> = new Set([...statements, 'opset', 'shapes', 'values', 'choices']);

type Fields<T> = Readonly<Record<string, T>>;

function part<T>(lexer: Lexer, word: string, read: (lexer: Lexer) => T): Fields<T> | undefined {
  if (!lexer.accept(word)) return undefined;
  lexer.expect('(');
  return fields(lexer, ')', read);
}

function fields<T>(lexer: Lexer, end: string, read: (lexer: Lexer) => T): Fields<T> {
  const all: (readonly [string, T])[] = [];
  while (!lexer.accept(end)) {
    if (all.length > 0) lexer.comma(end);
    const name = lexer.expectKind('name', 'a name');
    lexer.expect('=');
    all.push([name, read(lexer)]);
  }
  return Object.fromEntries(all);
}

function number(lexer: Lexer): number {
  return Number(lexer.expectKind('number', 'a number'));
}

function sizes(lexer: Lexer): readonly (number | string)[] {
  const all: (number | string)[] = [];
  lexer.expect('[');
  while (!lexer.accept(']')) {
    if (all.length > 0) lexer.comma(']');
    all.push(lexer.token.kind === 'number' ? number(lexer) : lexer.expectKind('name', 'a size'));
  }
  return all;
}
