import type { Attribute } from '../graph/attribute.ts';
import type { FunctionDef } from '../graph/function.ts';
import type { Graph } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { valueNames } from '../onnx/encode/value-names.ts';
import { FunctionOrigin, ModelOrigin } from '../onnx/origin.ts';
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
    ...(model.origin instanceof ModelOrigin ? printOrigin(model.origin.message) : []),
  ];
  const ctx = { ...options, nameOf: valueNames(model) };
  let text = `${headerText(lines)}${render(graphPieces(model.graph, INDENT, ctx), ctx)}\n`;
  for (const fn of model.functions.values()) text += functionText(fn, ctx);
  return text;
}

/** Prints a graph with all that is nested in it. */
export function printGraph(graph: Graph, options: PrintOptions = {}): string {
  const ctx = { ...options, nameOf };
  return render(graphPieces(graph, INDENT, ctx), ctx);
}

/** Prints a function, with its header. */
export function printFunction(fn: FunctionDef, options: PrintOptions = {}): string {
  return functionText(fn, { ...options, nameOf });
}

/** Prints one node on a line of its own, nested graphs in full. */
export function printNode(node: Node, options: PrintOptions = {}): string {
  const ctx = { ...options, nameOf };
  return render(nodePieces(node, ctx), ctx);
}

/** Options, and the names under which values are shown: in a whole model they are unique, as in its file. */
interface Context extends PrintOptions {
  readonly nameOf: (value: Value) => string;
}

const nameOf = (value: Value): string => value.name;

function functionText(fn: FunctionDef, ctx: Context): string {
  const lines = [`domain: ${quote(fn.domain)}`];
  if (fn.overload !== '') lines.push(`overload: ${quote(fn.overload)}`);
  lines.push(`opset_import: ${printOpsets(fn.opsets)}`);
  const docString = fn.origin instanceof FunctionOrigin ? fn.origin.message.docString : undefined;
  lines.push(...printOrigin({ docString }));
  const pieces: Piece[] = [headerText(lines), quoteName(fn.name), ' '];
  if (fn.attributes.length + fn.defaults.size > 0) pieces.push(...formalAttributes(fn, ctx), ' ');
  return `${render(pieces, ctx) + render(bodyPieces(fn.body, INDENT, ctx), ctx)}\n`;
}

/** Puts pieces together. Nested graphs wait on a stack of their own, so that depth costs no recursion. */
function render(pieces: Iterable<Piece>, ctx: Context): string {
  let text = '';
  const stack: Iterator<Piece>[] = [pieces[Symbol.iterator]()];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const { done, value } = top.next();
    if (done) stack.pop();
    else if (typeof value !== 'string') stack.push(nestedPieces(value, stack.length, ctx));
    else if (text.length + value.length > MAX_TEXT) throw tooLong();
    else text += value;
  }
  return text;
}

function nestedPieces(graph: Graph, depth: number, ctx: Context): Iterator<Piece> {
  return graphPieces(graph, Math.min((depth + 1) * INDENT, MAX_INDENT), ctx);
}

function headerText(lines: readonly string[]): string {
  return `<\n${lines.map((line) => `${' '.repeat(INDENT)}${line}`).join(',\n')}\n>\n`;
}

function* formalAttributes(fn: FunctionDef, ctx: Context): Generator<Piece> {
  yield '<';
  let separator = '';
  for (const name of fn.attributes) {
    yield separator + quoteName(name);
    separator = ', ';
  }
  for (const attribute of fn.defaults.values()) {
    yield separator;
    yield* attributePieces(attribute, ctx);
    separator = ', ';
  }
  yield '>';
}

function* graphPieces(graph: Graph, indent: number, ctx: Context): Generator<Piece> {
  // Behind `attribute =` a graph of such a name would be taken for a type or a number.
  const plain = isTypeWord(graph.name) || /^(inf|infinity|nan)$/i.test(graph.name) ? quote : quoteName;
  yield `${plain(graph.name)} `;
  yield* bodyPieces(graph, indent, ctx);
}

/** `(inputs) => (outputs) <values> { nodes }`; `indent` is that of the nodes. */
function* bodyPieces(graph: Graph, indent: number, ctx: Context): Generator<Piece> {
  const pad = ' '.repeat(indent);
  const known = ctx.types === 'known';
  yield `(${graph.inputs.map((v) => printInput(v, ctx)).join(', ')}) => `;
  yield `(${graph.outputs.map((v) => printDeclaration(ctx.nameOf(v), statedType(v, known))).join(', ')})`;
  const values = [...initializerTexts(graph, ctx), ...valueTexts(graph, ctx)];
  yield values.length === 0
    ? ' {\n'
    : `\n${pad}<${values.join(`,\n${pad} `)}>\n${' '.repeat(indent - INDENT)}{\n`;
  for (const node of graph.nodes()) {
    yield pad;
    yield* nodePieces(node, ctx);
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

function printInput(value: Value, ctx: Context): string {
  const type = statedType(value, ctx.types === 'known');
  const text = printDeclaration(ctx.nameOf(value), type);
  return hasOwnDefault(value, type) ? `${text} = ${printData(value, ctx)}` : text;
}

/** Whether the default of an input can stand beside it: only when its type says no less than the data. */
function hasOwnDefault(value: Value, type: ValueType | undefined): boolean {
  const tensor = value.tensor;
  if (!tensor || type?.kind !== 'tensor' || type.dtype !== tensor.dtype) return false;
  return type.shape !== undefined && type.shape.map(dimKey).join() === tensor.dims.join();
}

function initializerTexts(graph: Graph, ctx: Context): readonly string[] {
  const known = ctx.types === 'known';
  const defaults = graph.inputs.filter(
    (v) => (v.tensor ?? v.sparse) && !hasOwnDefault(v, statedType(v, known)),
  );
  return [...defaults, ...graph.initializers].map((value) => {
    const type = value.tensor
      ? printTensorType(value.tensor)
      : value.sparse
        ? printSparseType(value.sparse)
        : '';
    return `${type} ${quoteName(ctx.nameOf(value))} = ${printData(value, ctx)}`;
  });
}

function printData(value: Value, ctx: Context): string {
  if (value.tensor) return printTensorData(value.tensor, ctx);
  return value.sparse ? printSparseData(value.sparse, ctx) : '{}';
}

/** Types of the values that nodes make, but for the outputs of the graph, which have theirs. */
function* valueTexts(graph: Graph, ctx: Context): Generator<string> {
  if (ctx.types === 'none') return;
  const outputs = new Set(graph.outputs);
  for (const node of graph.nodes()) {
    for (const value of node.outputs) {
      if (!value || outputs.has(value)) continue;
      const type = ctx.types === 'known' ? (value.type ?? value.declared) : value.declared;
      if (type) yield printDeclaration(ctx.nameOf(value), type);
    }
  }
}

/** `[label] y = domain.Op:overload <attributes> (x)`; attributes with graphs in them stand last, as in ONNX. */
function* nodePieces(node: Node, ctx: Context): Generator<Piece> {
  const label = node.name === '' ? '' : `[${quoteName(node.name)}] `;
  const overload = node.overload === '' ? '' : `:${quoteName(node.overload)}`;
  yield `${label}${names(node.outputs, ctx)} = ${printOperator(node)}${overload}`;
  const attributes = [...node.attributes.values()];
  const graphsLast = node.graphs.length > 0;
  if (!graphsLast) yield* listed(attributes, ctx);
  yield ` (${names(node.inputs, ctx)})`;
  if (graphsLast) yield* listed(attributes, ctx);
}

function* listed(attributes: readonly Attribute[], ctx: Context): Generator<Piece> {
  let separator = ' <';
  for (const attribute of attributes) {
    yield separator;
    yield* attributePieces(attribute, ctx);
    separator = ', ';
  }
  if (attributes.length > 0) yield '>';
}

function names(values: readonly (Value | undefined)[], ctx: Context): string {
  return values.map((v) => quoteName(v ? ctx.nameOf(v) : '')).join(', ');
}

function printOperator(node: Node): string {
  const opType = quoteName(node.opType);
  return node.domain === '' ? opType : `${printDottedName(node.domain)}.${opType}`;
}
