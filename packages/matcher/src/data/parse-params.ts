import type { Lexer } from './lexer.ts';
import type { AxesClass, ParamLiteral, ParamTestJson } from './rule-data.ts';

const classes: readonly string[] = ['last', 'trailing', 'spatial', 'all', 'channel'] satisfies AxesClass[];

/** The tests of parameters behind the inputs of an operator, and whether `..` stands there. */
export function parseParams(lexer: Lexer): {
  readonly params: Readonly<Record<string, ParamTestJson>> | undefined;
  readonly carries: boolean;
} {
  const params = new Map<string, ParamTestJson>();
  let carries = false;
  if (lexer.accept(';')) {
    do {
      if (lexer.accept('..')) {
        carries = true;
        break;
      }
      const { at } = lexer.token;
      const name = lexer.expectKind('name', 'a parameter');
      if (params.has(name)) throw lexer.error(`${name} is tested twice`, at);
      lexer.expect('=');
      params.set(name, testOf(lexer));
    } while (lexer.accept(','));
  }
  return { params: params.size > 0 ? Object.fromEntries(params) : undefined, carries };
}

function testOf(lexer: Lexer): ParamTestJson {
  const { kind, text } = lexer.token;
  if (lexer.accept('(')) {
    const oneOf: ParamLiteral[] = [];
    do oneOf.push(parseParamLiteral(lexer));
    while (lexer.accept('|'));
    lexer.expect(')');
    return { oneOf };
  }
  if (kind !== 'name' || text === 'true' || text === 'false') return parseParamLiteral(lexer);
  lexer.take();
  if (text === 'none') return { absent: true };
  if (!classes.includes(text)) return { capture: text };
  const axes = text as AxesClass;
  if (!lexer.accept('(')) return { axes };
  const capture = lexer.expectKind('name', 'a name');
  lexer.expect(')');
  return { axes, capture };
}

/** A number, a string, true, false or a list of numbers. */
export function parseParamLiteral(lexer: Lexer): ParamLiteral {
  if (lexer.token.kind === 'string') return lexer.take().text;
  if (lexer.accept('true')) return true;
  if (lexer.accept('false')) return false;
  if (!lexer.accept('[')) return numberOf(lexer);
  const all: number[] = [];
  while (!lexer.accept(']')) {
    if (all.length > 0) lexer.comma(']');
    all.push(numberOf(lexer));
  }
  return all;
}

function numberOf(lexer: Lexer): number {
  const sign = lexer.accept('-') ? -1 : 1;
  return sign * Number(lexer.expectKind('number', 'a number, a string, true, false, a list or a name'));
}
