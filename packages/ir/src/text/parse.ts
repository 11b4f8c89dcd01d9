import { Editor } from '../edit/editor.ts';
import type { Place } from '../edit/specs.ts';
import type { Attribute } from '../graph/attribute.ts';
import { type FunctionDef, functionKey } from '../graph/function.ts';
import type { Graph } from '../graph/graph.ts';
import { Model } from '../graph/model.ts';
import { type Node, normalDomain } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import type { ExternalFiles } from '../onnx/limits.ts';
import { FunctionOrigin, GraphOrigin, ModelOrigin } from '../onnx/origin.ts';
import { shown } from '../onnx/shown.ts';
import { Cursor } from './cursor.ts';
import { functionEntries, modelEntries, parseHeader } from './header.ts';
import { parseAttribute } from './parse-attribute.ts';
import { GraphReader } from './parse-graph.ts';

/** Options of `parseModel`. */
export interface ParseOptions {
  /** Name of the text, for messages. */
  readonly file?: string | undefined;
  /** Files of external data. Without it, touching such data is an error. */
  readonly externalFiles?: ExternalFiles | undefined;
}

/** The version of the file format that a text without `ir_version` gets. */
const DEFAULT_IR_VERSION = 10;

/**
 * Reads a model in ONNX's textual syntax: an optional header, the main graph, functions.
 *
 * Beyond what ONNX's own parser takes: names of attributes, operators and domains may stand in quotes,
 * strings know `\u{hex}`, elements of float16 and smaller floats may be decimals, sparse tensors have data.
 * Names must be defined before they are read.
 *
 * @throws ModelError `model/syntax` with line and column; `model/limit` for graphs nested too deep.
 */
export function parseModel(text: string, options: ParseOptions = {}): Model {
  const cursor = new Cursor(text, options.file);
  const header = parseHeader(cursor, modelEntries);
  const name = cursor.name('the name of a graph');
  const graphOrigin = new GraphOrigin({ name });
  const model = new Model(
    header.irVersion ?? DEFAULT_IR_VERSION,
    new Map(header.opsets),
    name,
    Object.keys(header.origin).length > 0 ? new ModelOrigin(header.origin) : undefined,
    graphOrigin,
  );
  const editor = new Editor(model);
  new GraphReader(editor, cursor, options.externalFiles).readGraph(model.graph, graphOrigin);
  while (!cursor.atEnd) readFunction(editor, cursor, options);
  return model;
}

/**
 * Reads a graph into a model. It has no owner until a node is made with it. Values of the model are not
 * visible in it, unless `around` is a graph that it is meant to stand in.
 */
export function parseGraph(editor: Editor, text: string, around?: Graph, options: ParseOptions = {}): Graph {
  const cursor = new Cursor(text, options.file);
  const reader = readerIn(editor, cursor, around, options);
  const graph = reader.nestedGraph(cursor.name('the name of a graph'));
  if (!cursor.atEnd) throw cursor.expected('the end of the text');
  return graph;
}

/** Reads a function and adds it to a model. */
export function parseFunction(editor: Editor, text: string, options: ParseOptions = {}): FunctionDef {
  const cursor = new Cursor(text, options.file);
  const fn = readFunction(editor, cursor, options);
  if (!cursor.atEnd) throw cursor.expected('the end of the text');
  return fn;
}

/** Reads nodes into a graph, such as `t = Relu (x) y = Neg (t)`. All values of the graph and of those around it can be read. */
export function parseNodes(
  editor: Editor,
  place: Place,
  text: string,
  options: ParseOptions = {},
): readonly Node[] {
  const graph = 'end' in place ? place.end : 'before' in place ? place.before.graph : place.after.graph;
  const cursor = new Cursor(text, options.file);
  return readerIn(editor, cursor, graph, options).readNodes(place);
}

/** A reader for which the values of a graph and of the graphs around it are defined. */
function readerIn(
  editor: Editor,
  cursor: Cursor,
  graph: Graph | undefined,
  options: ParseOptions,
): GraphReader {
  const reader = new GraphReader(editor, cursor, options.externalFiles);
  const around: Graph[] = [];
  for (let g = graph; g; g = g.outer) around.push(g);
  for (const g of around.reverse()) {
    reader.scope.enter();
    for (const value of valuesOf(g)) reader.scope.define(value);
  }
  return reader;
}

function* valuesOf(graph: Graph): Generator<Value> {
  yield* graph.inputs;
  yield* graph.initializers;
  for (const node of graph.nodes()) for (const output of node.outputs) if (output) yield output;
}

function readFunction(editor: Editor, cursor: Cursor, options: ParseOptions): FunctionDef {
  const at = cursor.at;
  const header = parseHeader(cursor, functionEntries);
  const name = cursor.name('the name of a function');
  const reader = new GraphReader(editor, cursor, options.externalFiles);
  const { attributes, defaults } = readFormalAttributes(cursor, reader);
  const body = editor.createGraph(name);
  const valueInfo = reader.readBody(body);
  const domain = normalDomain(header.origin.domain ?? '');
  const overload = header.overload ?? '';
  if (editor.model.functions.has(functionKey(domain, name, overload))) {
    throw cursor.error(`function ${shown(domain === '' ? name : `${domain}.${name}`)} is defined twice`, at);
  }
  const { docString } = header.origin;
  const origin = new FunctionOrigin({ docString }, valueInfo);
  const fn = { domain, name, overload, body, attributes, defaults, opsets: new Map(header.opsets), origin };
  editor.addFunction(fn);
  return fn;
}

/** `<alpha, beta: float = 1.5>`: attributes of the call, with a default or without. */
function readFormalAttributes(
  cursor: Cursor,
  reader: GraphReader,
): { readonly attributes: readonly string[]; readonly defaults: ReadonlyMap<string, Attribute> } {
  const attributes: string[] = [];
  const defaults = new Map<string, Attribute>();
  if (!cursor.accept('<') || cursor.accept('>')) return { attributes, defaults };
  do {
    const name = cursor.name('the name of an attribute');
    if (cursor.next === ':' || cursor.next === '=') defaults.set(name, parseAttribute(reader, name));
    else attributes.push(name);
  } while (cursor.accept(','));
  cursor.expect('>', "',' or '>'");
  return { attributes, defaults };
}
