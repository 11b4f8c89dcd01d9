import type { Attribute, AttributeType, Int } from '../graph/attribute.ts';
import type { Graph } from '../graph/graph.ts';
import type { ExternalFiles } from '../onnx/limits.ts';
import { shown } from '../onnx/shown.ts';
import type { Cursor, Literal } from './cursor.ts';
import { nextIsData, numberOf, parseSparseData, parseTensorData } from './parse-tensor.ts';
import { nextIsType, parseType } from './types.ts';

/** ONNX's words for the types of attributes. */
const typeWords: ReadonlyMap<string, AttributeType> = new Map([
  ['float', 'float'],
  ['int', 'int'],
  ['string', 'string'],
  ['tensor', 'tensor'],
  ['graph', 'graph'],
  ['sparse_tensor', 'sparse'],
  ['type_proto', 'type'],
  ['floats', 'floats'],
  ['ints', 'ints'],
  ['strings', 'strings'],
  ['tensors', 'tensors'],
  ['graphs', 'graphs'],
  ['sparse_tensors', 'sparses'],
  ['type_protos', 'types'],
  ['undefined', 'undefined'],
]);

const wordsByType: ReadonlyMap<string, string> = new Map([...typeWords].map(([word, type]) => [type, word]));

/** ONNX's word for an `AttributeType`: `type_proto`, `ints`. */
export function attributeTypeWord(type: string): string {
  return wordsByType.get(type) ?? 'undefined';
}

/** A value of an attribute that is not a list. */
type Single = Exclude<
  Attribute,
  { type: 'floats' | 'ints' | 'strings' | 'tensors' | 'graphs' | 'sparses' | 'types' | 'undefined' }
>;

/** What reading attributes needs to know about the text around them. */
export interface AttributeReader {
  readonly cursor: Cursor;
  readonly files: ExternalFiles | undefined;
  /** Reads a nested graph whose name has been read. */
  nestedGraph(name: string): Graph;
}

/** Reads `<name: type = value, ...>`, if it comes next. */
export function parseAttributes(reader: AttributeReader): readonly Attribute[] {
  const { cursor } = reader;
  const attributes: Attribute[] = [];
  if (!cursor.accept('<')) return attributes;
  const names = new Set<string>();
  do {
    const at = cursor.at;
    const name = cursor.name('the name of an attribute');
    if (names.has(name)) throw cursor.error(`attribute ${shown(name)} is given twice`, at);
    names.add(name);
    attributes.push(parseAttribute(reader, name));
  } while (cursor.accept(','));
  cursor.expect('>', "',' or '>'");
  return attributes;
}

/** Reads an attribute whose name has been read: `: type = value`, the type being optional. */
export function parseAttribute(reader: AttributeReader, name: string): Attribute {
  const { cursor } = reader;
  const wanted = cursor.accept(':') ? parseAttributeType(cursor) : undefined;
  if (wanted === 'undefined' && cursor.next !== '=') return { name, type: 'undefined', value: undefined };
  cursor.expect('=');
  if (cursor.accept('@')) {
    return {
      name,
      type: 'reference',
      value: cursor.name('the name of an attribute'),
      of: wanted ?? 'undefined',
    };
  }
  return cursor.accept('[') ? parseList(reader, name, wanted) : parseSingle(reader, name, wanted);
}

function parseAttributeType(cursor: Cursor): AttributeType {
  const at = cursor.at;
  const word = cursor.identifier('the type of an attribute');
  const type = typeWords.get(word);
  if (type === undefined) throw cursor.error(`expected the type of an attribute, found ${shown(word)}`, at);
  return type;
}

/** The list in whose brackets the first item stands; an empty list needs its type in words. */
function parseList(reader: AttributeReader, name: string, wanted: AttributeType | undefined): Attribute {
  const { cursor } = reader;
  const at = cursor.at;
  const items: Single[] = [];
  let item = wanted === undefined ? undefined : itemType(wanted);
  if (wanted !== undefined && item === undefined)
    throw cursor.error(`an attribute of type ${wanted} is not a list`, at);
  if (!cursor.accept(']')) {
    do {
      const single = parseSingle(reader, name, item);
      item = single.type;
      items.push(single);
    } while (cursor.accept(','));
    cursor.expect(']', "',' or ']'");
  }
  switch (item) {
    case 'int':
      return { name, type: 'ints', value: items.flatMap((x) => (x.type === 'int' ? [x.value] : [])) };
    case 'float':
      return { name, type: 'floats', value: items.flatMap((x) => (x.type === 'float' ? [x.value] : [])) };
    case 'string':
      return { name, type: 'strings', value: items.flatMap((x) => (x.type === 'string' ? [x.value] : [])) };
    case 'tensor':
      return { name, type: 'tensors', value: items.flatMap((x) => (x.type === 'tensor' ? [x.value] : [])) };
    case 'graph':
      return { name, type: 'graphs', value: items.flatMap((x) => (x.type === 'graph' ? [x.value] : [])) };
    case 'sparse':
      return { name, type: 'sparses', value: items.flatMap((x) => (x.type === 'sparse' ? [x.value] : [])) };
    case 'type':
      return { name, type: 'types', value: items.flatMap((x) => (x.type === 'type' ? [x.value] : [])) };
    default:
      throw cursor.error("an empty list needs its type, as in 'axes: ints = []'", at);
  }
}

function itemType(list: AttributeType): AttributeType | undefined {
  return list !== 'undefined' && list.endsWith('s') ? typeOfPlural.get(list) : undefined;
}

const typeOfPlural: ReadonlyMap<AttributeType, AttributeType> = new Map([
  ['floats', 'float'],
  ['ints', 'int'],
  ['strings', 'string'],
  ['tensors', 'tensor'],
  ['graphs', 'graph'],
  ['sparses', 'sparse'],
  ['types', 'type'],
]);

function parseSingle(reader: AttributeReader, name: string, wanted: AttributeType | undefined): Single {
  const at = reader.cursor.at;
  const found = parseAny(reader, name, wanted === 'float');
  if (wanted !== undefined && found.type !== wanted) {
    throw reader.cursor.error(
      `expected ${attributeTypeWord(wanted)}, found ${attributeTypeWord(found.type)}`,
      at,
    );
  }
  return found;
}

function parseAny(reader: AttributeReader, name: string, asFloat: boolean): Single {
  const { cursor } = reader;
  if (nextIsType(cursor)) return parseTyped(reader, name);
  const literal = cursor.acceptLiteral();
  if (literal === undefined) {
    const graph = cursor.identifier('a number, a string, a type, a tensor, a graph or a reference');
    return { name, type: 'graph', value: reader.nestedGraph(graph) };
  }
  if (literal.kind === 'string') {
    // A graph whose name is not an identifier; no string has parentheses behind it.
    if (cursor.next === '(') return { name, type: 'graph', value: reader.nestedGraph(literal.text) };
    return { name, type: 'string', value: literal.text };
  }
  if (literal.kind === 'float' || asFloat) return { name, type: 'float', value: float32(cursor, literal) };
  return { name, type: 'int', value: asInt(cursor.int64(literal)) };
}

/** Begins with a type: a tensor, a sparse tensor, or the type itself. */
function parseTyped(reader: AttributeReader, name: string): Single {
  const { cursor, files } = reader;
  const at = cursor.at;
  const type = parseType(cursor);
  const named = !nextIsData(cursor) && cursor.acceptName() !== undefined;
  const hasData = cursor.accept('=') || nextIsData(cursor);
  if (!named && !hasData) return { name, type: 'type', value: type };
  if (type.kind === 'sparse')
    return { name, type: 'sparse', value: parseSparseData(cursor, type, at, files) };
  return { name, type: 'tensor', value: parseTensorData(cursor, type, at, files) };
}

/** Attributes hold float32. A whole number without a point has no negative zero. */
function float32(cursor: Cursor, literal: Literal): number {
  const value = numberOf(cursor, literal, 'float32');
  return literal.kind === 'int' ? value + 0 : value;
}

function asInt(value: bigint): Int {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
