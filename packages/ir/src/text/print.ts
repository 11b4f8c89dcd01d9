import type { Attribute } from '../graph/attribute.ts';
import type { FunctionDef } from '../graph/function.ts';
import type { Graph } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { dimKey } from '../types/dim.ts';
import type { ValueType } from '../types/value-type.ts';
import { printOpsets, printOrigin } from './header.ts';
import { attributePieces, type Piece } from './print-attribute.ts';
import type { PrintOptions } from './print-options.ts';
import {
  printSparseData,
  printSparseType,
  printTensorData,
  printTensorType,
  tooLong,
} from './print-tensor.ts';
import { quote, quoteName } from './quote.ts';
import { isTypeWord, printDottedName, printType } from './types.ts';

const INDENT = 3;

/** Graphs nested deeper than this are not indented further, so that the text stays linear in the model. */
const MAX_INDENT = 40 * INDENT;

/** Strings of V8 end a little beyond this length. */
const MAX_TEXT = 2 ** 29 - 64;

/**
 * Prints a model in ONNX's textual syntax. What `parseModel` reads from it prints as the same text, unless
 * the options leave something out. Characters that a terminal would obey are escaped.
 */
export function printModel(model: Model, options: PrintOptions = {}): string {
  const lines = [
    `ir_version: ${model.irVersion}`,
    `opset_import: ${printOpsets(model.opsets)}`,
    ...printOrigin(model.origin),
  ];
  let text = `${headerText(lines)}${printGraph(model.graph, options)}\n`;
  for (const fn of model.functions.values()) text += printFunction(fn, options);
  return text;
}

/** Prints a graph with all that is nested in it. */
export function printGraph(graph: Graph, options: PrintOptions = {}): string {
  return render(graphPieces(graph, INDENT, options), options);
}

/** Prints a function, with its header. */
export function printFunction(fn: FunctionDef, options: PrintOptions = {}): string {
  const lines = [`domain: ${quote(fn.domain)}`];
  if (fn.overload !== '') lines.push(`overload: ${quote(fn.overload)}`);
  lines.push(`opset_import: ${printOpsets(fn.opsets)}`);
  // Readers of files keep the whole message; only its description is not part of the function's meaning.
  lines.push(...printOrigin(fn.origin).filter((line) => line.startsWith('doc_string')));
  const pieces: Piece[] = [headerText(lines), quoteName(fn.name), ' '];
  if (fn.attributes.length + fn.defaults.size > 0) pieces.push(...formalAttributes(fn, options), ' ');
  return `${render(pieces, options) + render(bodyPieces(fn.body, INDENT, options), options)}\n`;
}

/** Prints one node on a line of its own, nested graphs in full. */
export function printNode(node: Node, options: PrintOptions = {}): string {
  return render(nodePieces(node, options), options);
}

/** Puts pieces together. Nested graphs wait on a stack of their own, so that depth costs no recursion. */
function render(pieces: Iterable<Piece>, options: PrintOptions): string {
  let text = '';
  const stack: Iterator<Piece>[] = [pieces[Symbol.iterator]()];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const { done, value } = top.next();
    if (done) stack.pop();
    else if (typeof value !== 'string') stack.push(nestedPieces(value, stack.length, options));
    else if (text.length + value.length > MAX_TEXT) throw tooLong();
    else text += value;
  }
  return text;
}

function nestedPieces(graph: Graph, depth: number, options: PrintOptions): Iterator<Piece> {
  return graphPieces(graph, Math.min((depth + 1) * INDENT, MAX_INDENT), options);
}

function headerText(lines: readonly string[]): string {
  return `<\n${lines.map((line) => `${' '.repeat(INDENT)}${line}`).join(',\n')}\n>\n`;
}

function* formalAttributes(fn: FunctionDef, options: PrintOptions): Generator<Piece> {
  yield '<';
  let separator = '';
  for (const name of fn.attributes) {
    yield separator + quoteName(name);
    separator = ', ';
  }
  for (const attribute of fn.defaults.values()) {
    yield separator;
    yield* attributePieces(attribute, options);
    separator = ', ';
  }
  yield '>';
}

function* graphPieces(graph: Graph, indent: number, options: PrintOptions): Generator<Piece> {
  // Behind `attribute =` a graph of such a name would be taken for a type or a number.
  const plain = isTypeWord(graph.name) || /^(inf|infinity|nan)$/i.test(graph.name) ? quote : quoteName;
  yield `${plain(graph.name)} `;
  yield* bodyPieces(graph, indent, options);
}

/** `(inputs) => (outputs) <values> { nodes }`; `indent` is that of the nodes. */
function* bodyPieces(graph: Graph, indent: number, options: PrintOptions): Generator<Piece> {
  const pad = ' '.repeat(indent);
  const known = options.types === 'known';
  yield `(${graph.inputs.map((v) => printInput(v, options)).join(', ')}) => `;
  yield `(${graph.outputs.map((v) => printDeclaration(v.name, statedType(v, known))).join(', ')})`;
  const values = [...initializerTexts(graph, options), ...valueTexts(graph, options)];
  yield values.length === 0
    ? ' {\n'
    : `\n${pad}<${values.join(`,\n${pad} `)}>\n${' '.repeat(indent - INDENT)}{\n`;
  for (const node of graph.nodes()) {
    yield pad;
    yield* nodePieces(node, options);
    yield '\n';
  }
  yield `${' '.repeat(indent - INDENT)}}`;
}

function printDeclaration(name: string, type: ValueType | undefined): string {
  if (type) return `${printType(type)} ${quoteName(name)}`;
  // A bare name that is also the name of a type would be read as one.
  return isTypeWord(name) ? quote(name) : quoteName(name);
}

/** The type that a file would state: for the main graph's inputs what holds, else what it stated before. */
function statedType(value: Value, known: boolean): ValueType | undefined {
  const interface_ = value.isInput && value.graph?.owner?.kind === 'model';
  return known || interface_ ? (value.type ?? value.declared) : (value.declared ?? value.type);
}

function printInput(value: Value, options: PrintOptions): string {
  const type = statedType(value, options.types === 'known');
  const text = printDeclaration(value.name, type);
  return hasOwnDefault(value, type) ? `${text} = ${printData(value, options)}` : text;
}

/** Whether the default of an input can stand beside it: only when its type says no less than the data. */
function hasOwnDefault(value: Value, type: ValueType | undefined): boolean {
  const tensor = value.tensor;
  if (!tensor || type?.kind !== 'tensor' || type.dtype !== tensor.dtype) return false;
  return type.shape !== undefined && type.shape.map(dimKey).join() === tensor.dims.join();
}

function initializerTexts(graph: Graph, options: PrintOptions): readonly string[] {
  const known = options.types === 'known';
  const defaults = graph.inputs.filter(
    (v) => (v.tensor ?? v.sparse) && !hasOwnDefault(v, statedType(v, known)),
  );
  return [...defaults, ...graph.initializers].map((value) => {
    const type = value.tensor
      ? printTensorType(value.tensor)
      : value.sparse
        ? printSparseType(value.sparse)
        : '';
    return `${type} ${quoteName(value.name)} = ${printData(value, options)}`;
  });
}

function printData(value: Value, options: PrintOptions): string {
  if (value.tensor) return printTensorData(value.tensor, options);
  return value.sparse ? printSparseData(value.sparse, options) : '{}';
}

/** Types of the values that nodes make, but for the outputs of the graph, which have theirs. */
function* valueTexts(graph: Graph, options: PrintOptions): Generator<string> {
  if (options.types === 'none') return;
  const outputs = new Set(graph.outputs);
  for (const node of graph.nodes()) {
    for (const value of node.outputs) {
      if (!value || outputs.has(value)) continue;
      const type = options.types === 'known' ? (value.type ?? value.declared) : value.declared;
      if (type) yield printDeclaration(value.name, type);
    }
  }
}

/** `[label] y = domain.Op:overload <attributes> (x)`; attributes with graphs in them stand last, as in ONNX. */
function* nodePieces(node: Node, options: PrintOptions): Generator<Piece> {
  const label = node.name === '' ? '' : `[${quoteName(node.name)}] `;
  const overload = node.overload === '' ? '' : `:${quoteName(node.overload)}`;
  yield `${label}${names(node.outputs)} = ${printOperator(node)}${overload}`;
  const attributes = [...node.attributes.values()];
  const graphsLast = node.graphs.length > 0;
  if (!graphsLast) yield* listed(attributes, options);
  yield ` (${names(node.inputs)})`;
  if (graphsLast) yield* listed(attributes, options);
}

function* listed(attributes: readonly Attribute[], options: PrintOptions): Generator<Piece> {
  let separator = ' <';
  for (const attribute of attributes) {
    yield separator;
    yield* attributePieces(attribute, options);
    separator = ', ';
  }
  if (attributes.length > 0) yield '>';
}

function names(values: readonly (Value | undefined)[]): string {
  return values.map((v) => quoteName(v?.name ?? '')).join(', ');
}

function printOperator(node: Node): string {
  const opType = quoteName(node.opType);
  return node.domain === '' ? opType : `${printDottedName(node.domain)}.${opType}`;
}
