import type { Lexer } from './lexer.ts';
import { parseNumber, parseNumbers, parseOptions } from './parse-literals.ts';
import type { PatternJson } from './rule-data.ts';

/** Reads what stands inside of a form. */
type Form = (lexer: Lexer, pattern: () => PatternJson) => PatternJson;

const forms: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['through', through],
  ['repeat', repeat],
  ['each', each],
  ['choose', choose],
  ['permuted', permuted],
  ['reshaped', reshaped],
]);

/** One of the forms of patterns with a small letter, from its name on. */
export function parseForm(lexer: Lexer, pattern: () => PatternJson): PatternJson {
  const { at, text } = lexer.take();
  const form = forms.get(text);
  if (!form)
    throw lexer.error(`'${text}' is not a form of pattern; operators start with a capital letter`, at);
  lexer.expect('(');
  return form(lexer, pattern);
}

/** `Relu`, or `{Relu, Abs}`. */
export function parseOperators(lexer: Lexer): readonly string[] {
  if (!lexer.accept('{')) return [lexer.expectKind('name', 'an operator')];
  const ops: string[] = [];
  do ops.push(lexer.expectKind('name', 'an operator'));
  while (lexer.accept(','));
  lexer.expect('}');
  return ops;
}

function through(lexer: Lexer, pattern: () => PatternJson): PatternJson {
  const ops = parseOperators(lexer);
  lexer.expect(',');
  const of = pattern();
  const { max, name } = parseNamed(lexer, 'max', 'list');
  return {
    through: ops,
    of,
    ...(name === undefined ? {} : { capture: name }),
    ...(max === undefined ? {} : { max }),
  };
}

function repeat(lexer: Lexer, pattern: () => PatternJson): PatternJson {
  const body = pattern();
  lexer.expect(',');
  const of = pattern();
  const { min, max, name } = parseNamed(lexer, 'min', 'max', 'count');
  return {
    repeat: body,
    of,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(name === undefined ? {} : { count: name }),
  };
}

interface Named {
  readonly min?: number;
  readonly max?: number;
  readonly name?: string;
}

/** Options behind a form, of which all but `min` and `max` give a name, and the closing parenthesis. */
function parseNamed(lexer: Lexer, ...keys: readonly string[]): Named {
  let found: Named = {};
  if (lexer.accept(';')) {
    do {
      const key = keys.find((k) => lexer.is(k));
      if (key === undefined) throw lexer.unexpected(keys.join(' or '));
      lexer.take();
      lexer.expect('=');
      if (key === 'min') found = { ...found, min: parseNumber(lexer) };
      else if (key === 'max') found = { ...found, max: parseNumber(lexer) };
      else found = { ...found, name: lexer.expectKind('name', 'a name') };
    } while (lexer.accept(','));
  }
  lexer.expect(')');
  return found;
}

function each(lexer: Lexer, pattern: () => PatternJson): PatternJson {
  const list = lexer.expectKind('name', 'a name');
  lexer.expect(',');
  const of = pattern();
  return { list, each: of, ...parseOptions(lexer, ['min', 'max']) };
}

function choose(lexer: Lexer, pattern: () => PatternJson): PatternJson {
  const tag = lexer.expectKind('name', 'a name');
  lexer.expect(';');
  const oneOf: PatternJson[] = [];
  const labels: string[] = [];
  do {
    if (lexer.token.kind === 'name' && lexer.isFollowedBy('=')) {
      labels.push(lexer.take().text);
      lexer.take();
    }
    oneOf.push(pattern());
  } while (lexer.accept('|'));
  if (labels.length > 0 && labels.length < oneOf.length)
    throw lexer.error('either all alternatives have labels or none');
  lexer.expect(')');
  return labels.length > 0 ? { oneOf, labels, tag } : { oneOf, tag };
}

function permuted(lexer: Lexer, pattern: () => PatternJson): PatternJson {
  const order = orderOf(lexer);
  lexer.expect(',');
  const of = pattern();
  lexer.expect(')');
  return { permuted: order, of };
}

function orderOf(lexer: Lexer): string | readonly number[] | { readonly capture: string } {
  if (lexer.token.kind === 'string') return lexer.take().text;
  if (lexer.token.kind === 'name') return { capture: lexer.take().text };
  if (!lexer.is('[')) throw lexer.unexpected('an order of axes');
  const order = parseNumbers(lexer);
  return typeof order === 'number' ? [order] : order;
}

function reshaped(lexer: Lexer, pattern: () => PatternJson): PatternJson {
  const equation = lexer.expectKind('string', 'an equation of shapes such as "B (H D) -> B H D"');
  lexer.expect(',');
  const of = pattern();
  lexer.expect(')');
  return { reshaped: equation, of };
}
