import type { ValueSpec } from '../../edit/specs.ts';
import type { Where } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Value } from '../../graph/value.ts';
import type { SparseTensor, Tensor } from '../../types/tensor.ts';
import { tensorType, type ValueType } from '../../types/value-type.ts';
import type { GraphProto, NodeProto, ValueInfoProto } from '../generated/messages.ts';
import { GraphOrigin, ValueOrigin } from '../origin.ts';
import { shown } from '../shown.ts';
import { type DecodeContext, invalid, unsupported } from './decode-context.ts';
import { decodeNode } from './decode-node.ts';
import { decodeSparse } from './decode-sparse.ts';
import { decodeTensor } from './decode-tensor.ts';
import { decodeType } from './decode-type.ts';
import { Scope } from './scope.ts';
import { areCapturesReady, sortNodes } from './sort-nodes.ts';

/** A graph that is attached to a node, whose names may stand for values of the graphs around it. */
export function decodeNestedGraph(
  ctx: DecodeContext,
  message: GraphProto,
  outer: Scope | undefined,
  where: () => Where,
): Graph {
  const scope = new Scope(outer);
  if (scope.depth >= ctx.maxGraphDepth) {
    throw unsupported(ctx, where(), `graphs are nested deeper than ${ctx.maxGraphDepth} levels`);
  }
  const origin = new GraphOrigin(message);
  const graph = ctx.editor.createGraph(message.name ?? '', origin);
  decodeGraph(ctx, graph, message, origin, scope, false);
  return graph;
}

/** Fills a graph. The types that a main graph declares for its inputs count; those of nested graphs are hints. */
export function decodeGraph(
  ctx: DecodeContext,
  graph: Graph,
  message: GraphProto,
  origin: GraphOrigin,
  scope: Scope,
  main: boolean,
): void {
  origin.outputs = entriesOf(graph, message.output);
  origin.valueInfo = entriesOf(graph, message.valueInfo);
  const entries = byName(origin.outputs, origin.valueInfo);
  const data = initializersOf(ctx, graph.name, message);
  const sparse = sparseInitializersOf(ctx, graph.name, message, data);
  addInputs(ctx, graph, message, scope, data, sparse, main);
  addInitializers(ctx, graph, scope, entries, data, sparse);
  decodeNodes(ctx, graph, message.node ?? [], scope, entries);
  const outputs = (message.output ?? []).map((info) => {
    const name = info.name ?? '';
    const value = scope.find(name);
    if (value) return value;
    throw invalid(
      ctx,
      { graph: graph.name, value: name },
      `graph output ${shown(name)} is not defined by anything`,
    );
  });
  ctx.editor.setOutputs(graph, outputs);
  fillOrigin(origin, message, scope, outputs);
}

/** Entries of the file about values of a graph. */
export function entriesOf(
  graph: Graph,
  messages: readonly ValueInfoProto[] | undefined,
): readonly ValueOrigin[] {
  return (messages ?? []).map((message) => new ValueOrigin(message, graph));
}

/** Entries by name; those of later lists win. */
export function byName(...lists: readonly (readonly ValueOrigin[])[]): ReadonlyMap<string, ValueOrigin> {
  const map = new Map<string, ValueOrigin>();
  for (const list of lists) for (const entry of list) map.set(entry.message.name ?? '', entry);
  return map;
}

/** Gives entries their values, where nodes have not done so already. */
export function settleEntries(entries: readonly ValueOrigin[], scope: Scope): void {
  for (const entry of entries) entry.value ??= scope.own(entry.message.name ?? '');
}

function initializersOf(ctx: DecodeContext, graph: string, message: GraphProto): ReadonlyMap<string, Tensor> {
  const data = new Map<string, Tensor>();
  for (const proto of message.initializer ?? []) {
    const name = proto.name ?? '';
    const where = { graph, value: name };
    if (name === '') throw invalid(ctx, where, 'an initializer has no name');
    if (data.has(name)) throw invalid(ctx, where, `initializer ${shown(name)} is there twice`);
    data.set(
      name,
      decodeTensor(ctx, proto, () => where),
    );
  }
  return data;
}

function sparseInitializersOf(
  ctx: DecodeContext,
  graph: string,
  message: GraphProto,
  data: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, SparseTensor> {
  const sparse = new Map<string, SparseTensor>();
  for (const proto of message.sparseInitializer ?? []) {
    const name = proto.values?.name ?? '';
    const where = { graph, value: name };
    if (name === '') throw invalid(ctx, where, 'a sparse initializer has no name');
    if (data.has(name) || sparse.has(name))
      throw invalid(ctx, where, `initializer ${shown(name)} is there twice`);
    sparse.set(
      name,
      decodeSparse(ctx, proto, () => where),
    );
  }
  return sparse;
}

function addInputs(
  ctx: DecodeContext,
  graph: Graph,
  message: GraphProto,
  scope: Scope,
  data: ReadonlyMap<string, Tensor>,
  sparse: ReadonlyMap<string, SparseTensor>,
  main: boolean,
): void {
  const specs = (message.input ?? []).map((info): ValueSpec => {
    const name = info.name ?? '';
    const tensor = data.get(name);
    const constant = sparse.get(name);
    const declared = decodeType(ctx, info.type);
    // Before IR 4 every initializer had to be listed as an input, but nobody could feed it.
    const overridable = (tensor ?? constant) !== undefined && ctx.irVersion >= 4;
    const type = tensor && !overridable ? tensorType(tensor.dtype, tensor.dims) : main ? declared : undefined;
    return {
      name,
      type,
      declared,
      tensor,
      sparse: constant,
      overridable,
      origin: new ValueOrigin(info, graph),
    };
  });
  for (const input of ctx.editor.addInputs(graph, specs)) define(ctx, graph, scope, input, 'graph input');
}

function addInitializers(
  ctx: DecodeContext,
  graph: Graph,
  scope: Scope,
  entries: ReadonlyMap<string, ValueOrigin>,
  data: ReadonlyMap<string, Tensor>,
  sparse: ReadonlyMap<string, SparseTensor>,
): void {
  const add = (name: string, type: ValueType, tensor?: Tensor, constant?: SparseTensor): void => {
    if (scope.find(name)) {
      // Already an input of that name: the data are its default.
      if (scope.own(name)) return;
      // ONNX forbids it, and runtimes do not agree on which of the two is read.
      const where = { graph: graph.name, value: name };
      throw invalid(ctx, where, `initializer ${shown(name)} has the name of a value around its graph`);
    }
    const origin = entries.get(name);
    const declared = decodeType(ctx, origin?.message.type);
    const value = ctx.editor.addInitializer(graph, {
      name,
      type,
      declared,
      origin,
      tensor,
      sparse: constant,
    });
    define(ctx, graph, scope, value, 'initializer');
  };
  for (const [name, tensor] of data) add(name, tensorType(tensor.dtype, tensor.dims), tensor);
  for (const [name, constant] of sparse)
    add(name, tensorType(constant.values.dtype, constant.dims), undefined, constant);
}

function define(ctx: DecodeContext, graph: Graph, scope: Scope, value: Value, what: string): void {
  const { name } = value;
  if (name !== '' && scope.define(name, value)) return;
  const where = { graph: graph.name, value: name };
  throw invalid(ctx, where, name === '' ? `a ${what} has no name` : `${what} ${shown(name)} is there twice`);
}

/** Nodes as they come, as long as their operands are defined; the rest in a sorted order. */
export function decodeNodes(
  ctx: DecodeContext,
  graph: Graph,
  nodes: Iterable<NodeProto>,
  scope: Scope,
  entries: ReadonlyMap<string, ValueOrigin>,
): void {
  let early: NodeProto[] | undefined;
  for (const node of nodes) {
    if (early) early.push(node);
    else if (!areCapturesReady(node, scope) || !decodeNode(ctx, graph, node, scope, entries)) early = [node];
  }
  if (!early) return;
  for (const node of sortNodes(ctx, graph.name, early, scope)) decodeNode(ctx, graph, node, scope, entries);
}

function fillOrigin(origin: GraphOrigin, message: GraphProto, scope: Scope, outputs: readonly Value[]): void {
  const own = (name: string | undefined): readonly Value[] => {
    const value = scope.own(name ?? '');
    return value ? [value] : [];
  };
  for (const [i, entry] of origin.outputs.entries()) entry.value = outputs[i];
  settleEntries(origin.valueInfo, scope);
  origin.initializers = (message.initializer ?? []).flatMap((tensor) => own(tensor.name));
  origin.sparseInitializers = (message.sparseInitializer ?? []).flatMap((sparse) => own(sparse.values?.name));
  origin.annotations = (message.quantizationAnnotation ?? []).map((annotation) => ({
    message: annotation,
    value: scope.own(annotation.tensorName ?? ''),
    parameters: (annotation.quantParameterTensorNames ?? []).map((p) => scope.find(p.value ?? '')),
  }));
}
