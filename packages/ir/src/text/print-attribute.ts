import type { Attribute } from '../graph/attribute.ts';
import type { Graph } from '../graph/graph.ts';
import type { SparseTensor } from '../types/tensor.ts';
import { isValueType } from '../types/value-type.ts';
import { printFloat32 } from './numbers.ts';
import { attributeTypeWord } from './parse-attribute.ts';
import type { PrintOptions } from './print-options.ts';
import { printSparseData, printSparseType, printTensor } from './print-tensor.ts';
import { quote, quoteName } from './quote.ts';
import { printType } from './types.ts';

/** Text, with nested graphs where the printer of graphs goes on. */
export type Piece = string | Graph;

/** An attribute as `name: type = value`. */
export function attributePieces(attribute: Attribute, options: PrintOptions): readonly Piece[] {
  const name = quoteName(attribute.name);
  if (attribute.type === 'undefined') return [`${name}: undefined`];
  if (attribute.type === 'reference') {
    const of = attribute.of === 'undefined' ? '' : `: ${attributeTypeWord(attribute.of)}`;
    return [`${name}${of} = @${quoteName(attribute.value)}`];
  }
  return [`${name}: ${attributeTypeWord(attribute.type)} = `, ...valuePieces(attribute, options)];
}

function valuePieces(
  attribute: Exclude<Attribute, { type: 'undefined' | 'reference' }>,
  options: PrintOptions,
): readonly Piece[] {
  switch (attribute.type) {
    case 'int':
      return [String(attribute.value)];
    case 'float':
      return [printFloat32(attribute.value)];
    case 'string':
      return [quote(attribute.value)];
    case 'tensor':
      return [printTensor(attribute.value, options)];
    case 'sparse':
      return [printSparse(attribute.value, options)];
    case 'type':
      return [printStatedType(attribute.value)];
    case 'graph':
      return [attribute.value];
    case 'ints':
      return [list(attribute.value.map(String))];
    case 'floats':
      return [list(attribute.value.map(printFloat32))];
    case 'strings':
      return [list(attribute.value.map(quote))];
    case 'tensors':
      return [list(attribute.value.map((t) => printTensor(t, options)))];
    case 'sparses':
      return [list(attribute.value.map((s) => printSparse(s, options)))];
    case 'types':
      return [list(attribute.value.map(printStatedType))];
    case 'graphs':
      return ['[', ...attribute.value.flatMap((g, i) => (i === 0 ? [g] : [', ', g])), ']'];
  }
}

function list(items: readonly string[]): string {
  return `[${items.join(', ')}]`;
}

function printSparse(sparse: SparseTensor, options: PrintOptions): string {
  return `${printSparseType(sparse)} ${printSparseData(sparse, options)}`;
}

/** The type in an attribute; `opaque()` for one of a form that the IR does not know. */
function printStatedType(type: object): string {
  return isValueType(type) ? printType(type) : 'opaque()';
}
