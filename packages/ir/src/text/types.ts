import { shown } from '../onnx/shown.ts';
import { type Dim, dimName, freshDim, isAnonymous, printDim, symbolDim } from '../types/dim.ts';
import { type DType, dtypes } from '../types/dtype.ts';
import type { Shape } from '../types/shape.ts';
import { tensorType, type ValueType } from '../types/value-type.ts';
import type { Cursor } from './cursor.ts';
import { isIdentifier, quote, quoteName } from './quote.ts';

/** ONNX writes two element types otherwise than numpy does. */
const spelling: ReadonlyMap<DType, string> = new Map([
  ['float32', 'float'],
  ['float64', 'double'],
]);

const byText: ReadonlyMap<string, DType> = new Map(dtypes.map((d) => [textOfDType(d), d]));

const compound: ReadonlySet<string> = new Set(['seq', 'map', 'optional', 'sparse_tensor', 'opaque']);

/** Types may be nested this deep; ONNX itself has no use for more than two. */
const MAX_TYPE_NESTING = 64;

/** The element type as ONNX's textual syntax spells it. */
export function textOfDType(dtype: DType): string {
  return spelling.get(dtype) ?? dtype;
}

/** Whether a type comes next. */
export function nextIsType(cursor: Cursor): boolean {
  return isTypeWord(cursor.peekIdentifier());
}

/** Whether an identifier without quotes begins a type. */
export function isTypeWord(word: string | undefined): boolean {
  return word !== undefined && (byText.has(word) || compound.has(word));
}

/** Reads a type such as `float[N, 3]`, `seq(int64[])` or `map(string, float)`. */
export function parseType(cursor: Cursor, depth = 0): ValueType {
  const at = cursor.at;
  if (depth > MAX_TYPE_NESTING) throw cursor.error(`types are nested more than ${MAX_TYPE_NESTING} deep`, at);
  const word = cursor.identifier('a type');
  const dtype = byText.get(word);
  if (dtype !== undefined) return tensorType(dtype, parseShape(cursor));
  switch (word) {
    case 'seq':
    case 'optional': {
      const kind = word === 'seq' ? 'sequence' : 'optional';
      cursor.expect('(');
      if (cursor.accept(')')) return { kind };
      const of = parseType(cursor, depth + 1);
      cursor.expect(')');
      return { kind, of };
    }
    case 'map':
      return parseMap(cursor, depth);
    case 'sparse_tensor': {
      cursor.expect('(');
      const element = parseDType(cursor);
      const shape = parseShape(cursor);
      cursor.expect(')');
      return shape === undefined
        ? { kind: 'sparse', dtype: element }
        : { kind: 'sparse', dtype: element, shape };
    }
    case 'opaque':
      return parseOpaque(cursor);
    default:
      throw cursor.error(`expected a type, found ${shown(word)}`, at);
  }
}

function parseDType(cursor: Cursor): DType {
  const at = cursor.at;
  const word = cursor.identifier('an element type');
  const dtype = byText.get(word);
  if (dtype === undefined) throw cursor.error(`expected an element type, found ${shown(word)}`, at);
  return dtype;
}

function parseMap(cursor: Cursor, depth: number): ValueType {
  cursor.expect('(');
  const key = parseDType(cursor);
  if (cursor.accept(')')) return { kind: 'map', key };
  cursor.expect(',');
  const value = parseType(cursor, depth + 1);
  cursor.expect(')');
  return { kind: 'map', key, value };
}

function parseOpaque(cursor: Cursor): ValueType {
  cursor.expect('(');
  if (cursor.accept(')')) return { kind: 'opaque', domain: '', name: '' };
  const first = parseDottedName(cursor);
  const second = cursor.accept(',') ? cursor.name() : undefined;
  cursor.expect(')');
  return { kind: 'opaque', domain: second === undefined ? '' : first, name: second ?? first };
}

/** `float`: rank 0. `float[]`: unknown rank. `float[2, N, ?]`: rank 3. */
function parseShape(cursor: Cursor): Shape | undefined {
  if (!cursor.accept('[')) return [];
  if (cursor.accept(']')) return undefined;
  const dims: Dim[] = [];
  do dims.push(parseDim(cursor));
  while (cursor.accept(','));
  cursor.expect(']');
  return dims;
}

function parseDim(cursor: Cursor): Dim {
  if (cursor.accept('?')) return freshDim();
  const name = cursor.acceptName();
  if (name !== undefined) return symbolDim(name);
  const at = cursor.at;
  const value = Number(cursor.integer("a dimension (a number, a name or '?')"));
  if (!Number.isSafeInteger(value)) throw cursor.error('a dimension is too large', at);
  return value;
}

/** Words with points between them; a part may stand in quotes. */
export function parseDottedName(cursor: Cursor, what?: string): string {
  const parts = [cursor.name(what)];
  while (cursor.accept('.')) parts.push(cursor.name());
  return parts.join('.');
}

/** The opposite of {@link parseType}. */
export function printType(type: ValueType): string {
  // Types are nested at most a few deep; a loop keeps hostile ones from exhausting the stack.
  let before = '';
  let after = '';
  let at: ValueType | undefined = type;
  while (at !== undefined) {
    switch (at.kind) {
      case 'tensor':
        return before + textOfDType(at.dtype) + printDims(at.shape) + after;
      case 'sparse':
        return `${before}sparse_tensor(${textOfDType(at.dtype)}${printDims(at.shape)})${after}`;
      case 'opaque':
        return `${before}opaque(${printOpaque(at.domain, at.name)})${after}`;
      case 'sequence':
      case 'optional':
        before += at.kind === 'sequence' ? 'seq(' : 'optional(';
        after = `)${after}`;
        at = at.of;
        break;
      case 'map':
        before += `map(${textOfDType(at.key)}${at.value === undefined ? '' : ', '}`;
        after = `)${after}`;
        at = at.value;
        break;
    }
  }
  return before + after;
}

function printOpaque(domain: string, name: string): string {
  if (domain !== '') return `${printDottedName(domain)},${quoteName(name)}`;
  return name === '' ? '' : printDottedName(name);
}

/** A name with points in it, in quotes when some part is not an identifier. */
export function printDottedName(name: string): string {
  return name.split('.').every(isIdentifier) ? name : quote(name);
}

function printDims(shape: Shape | undefined): string {
  if (shape === undefined) return '[]';
  return shape.length === 0 ? '' : `[${shape.map(printDimension).join(',')}]`;
}

function printDimension(dim: Dim): string {
  if (typeof dim === 'number') return String(dim);
  const name = dimName(dim);
  if (name !== undefined) return quoteName(name);
  // A sum or product of names is written as exporters do, as the name of a symbol.
  return isAnonymous(dim) ? '?' : quote(printDim(dim));
}
