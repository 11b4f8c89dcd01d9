import { InternalError } from '../errors.ts';
import { type Attribute, graphsOf } from '../graph/attribute.ts';
import { type FunctionDef, functionKey } from '../graph/function.ts';
import { Graph, type GraphOwner } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import { Node, normalDomain } from '../graph/node.ts';
import { type MutableUse, type Use, Value } from '../graph/value.ts';
import { type Dim, dimKey } from '../types/dim.ts';
import type { SparseTensor, Tensor } from '../types/tensor.ts';
import { tensorType, type ValueType } from '../types/value-type.ts';
import { type Change, Journal } from './journal.ts';
import { NameTable } from './names.ts';

/** What `createNode` needs to know. */
export interface NodeSpec {
  readonly opType: string;
  /** Standard domain when absent. */
  readonly domain?: string | undefined;
  readonly overload?: string | undefined;
  /** Empty when absent: names of nodes are optional in ONNX. */
  readonly name?: string | undefined;
  readonly inputs: readonly (Value | undefined)[];
  /** Name of each output; undefined for an optional output that is not wanted, `''` for a fresh name. */
  readonly outputs: readonly (string | undefined)[];
  readonly attributes?: Iterable<Attribute> | undefined;
  readonly types?: readonly (ValueType | undefined)[] | undefined;
  readonly origin?: object | undefined;
  /** Types that the file states, parallel to `outputs`. */
  readonly declared?: readonly (ValueType | undefined)[] | undefined;
  /** Parallel to `outputs`. */
  readonly outputOrigins?: readonly (object | undefined)[] | undefined;
}

/** Where a node goes: before or after another one, or at the end of a graph. */
export type Place = { readonly before: Node } | { readonly after: Node } | { readonly end: Graph };

/** What `addInput` and `addInitializer` need to know. */
export interface ValueSpec {
  readonly name: string;
  readonly type?: ValueType | undefined;
  readonly tensor?: Tensor | undefined;
  readonly sparse?: SparseTensor | undefined;
  readonly overridable?: boolean | undefined;
  readonly declared?: ValueType | undefined;
  readonly origin?: object | undefined;
}

/** Told of each change as it happens, so that a worklist or a table can follow. */
export type ChangeListener = (change: Change) => void;

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Lists<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

// The one checked edge at which the read-only tables are written to.
const writable = <T extends object>(x: T): Writable<T> => x as Writable<T>;
const lists = <T extends Node | Graph>(x: T): Lists<T> => x as Lists<T>;
const initializersOf = (graph: Graph): Set<Value> => graph.initializers as Set<Value>;
const attributesOf = (node: Node): Map<string, Attribute> => {
  if (node.attributes === noAttributes) writable(node).attributes = new Map();
  return node.attributes as Map<string, Attribute>;
};

/** Nodes without attributes share one table; the first attribute that is set gives a node its own. */
const noAttributes: ReadonlyMap<string, Attribute> = new Map();

/** Distance between neighbours in the order of a list; insertions between them halve it. */
const STEP = 1024;

/**
 * The only way to change a model. Every operation keeps uses, order and owners consistent, costs O(1) in
 * the size of the graph, and is written to a journal while a transaction is open, so that it can be rolled
 * back. Checks here are the cheap ones; `verify` does the rest.
 */
export class Editor {
  readonly model: Model;
  private readonly journal = new Journal();
  private readonly listeners: ChangeListener[] = [];
  private names: NameTable | undefined;

  constructor(model: Model) {
    this.model = model;
  }

  // ---------------------------------------------------------------- transactions

  /** Opens a transaction; transactions nest. */
  begin(): void {
    this.journal.mark();
  }

  /** Keeps what was done since `begin`. */
  commit(): void {
    this.journal.commit();
  }

  /** What was done since the innermost `begin`, in order. */
  changes(): readonly Change[] {
    return this.journal.since();
  }

  /** Takes back everything since `begin`, in O(changes). */
  rollback(): void {
    for (const change of this.journal.take()) this.undo(change);
  }

  /** Changes since the innermost `begin`. */
  get pending(): number {
    return this.journal.length;
  }

  /** Runs `body` in a transaction: kept when it returns, rolled back when it throws. */
  transact<T>(body: () => T): T {
    this.begin();
    try {
      const result = body();
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** Calls `listener` after each change, undone ones (in reverse form) not included. Returns the way to stop. */
  listen(listener: ChangeListener): () => void {
    this.listeners.push(listener);
    return () => {
      const at = this.listeners.indexOf(listener);
      if (at >= 0) this.listeners.splice(at, 1);
    };
  }

  private done(change: Change): void {
    if (this.journal.open) this.journal.record(change);
    for (const listener of this.listeners) listener(change);
  }

  // ---------------------------------------------------------------- names

  /** A name that nothing in the model has, made from `hint`. */
  freshName(hint: string): string {
    return this.nameTable().fresh(hint);
  }

  /** Whether some value or dimension-independent name of the model is `name` already. */
  isNameTaken(name: string): boolean {
    return this.nameTable().has(name);
  }

  private nameTable(): NameTable {
    this.names ??= NameTable.of(this.model);
    return this.names;
  }

  /** Gives a value or a node another name. The caller answers for uniqueness (see `isNameTaken`). */
  rename(item: Value | Node, name: string): void {
    const before = item.name;
    if (before === name) return;
    writable(item).name = name;
    if (item instanceof Value) this.names?.add(name);
    this.done({ kind: 'rename', item, before, after: name });
  }

  // ---------------------------------------------------------------- graphs

  /** A graph without an owner; it gets one when a node is made with it in an attribute. */
  createGraph(name: string, origin?: object): Graph {
    return new Graph(this.model, name, undefined, origin);
  }

  /** Appends an input to a graph. */
  addInput(graph: Graph, spec: ValueSpec): Value {
    const value = this.newValue(spec.name, graph, undefined, graph.inputs.length, spec.type, spec.origin);
    this.fill(value, spec);
    this.setInputs(graph, [...graph.inputs, value]);
    return value;
  }

  /** Appends many inputs at once, in linear time. */
  addInputs(graph: Graph, specs: readonly ValueSpec[]): readonly Value[] {
    const base = graph.inputs.length;
    const values = specs.map((spec, i) => {
      const value = this.newValue(spec.name, graph, undefined, base + i, spec.type, spec.origin);
      this.fill(value, spec);
      return value;
    });
    this.setInputs(graph, [...graph.inputs, ...values]);
    return values;
  }

  /** Replaces the list of inputs: values already there may be dropped (unused ones only) or reordered. */
  setInputs(graph: Graph, inputs: readonly Value[]): void {
    const before = graph.inputs;
    const kept = new Set(inputs);
    for (const value of before) {
      if (!kept.has(value) && value.useCount > 0) {
        throw new InternalError(`input ${value.name} is still read and cannot be dropped`, {
          value: value.name,
        });
      }
    }
    this.placeInputs(graph, inputs);
    this.done({ kind: 'inputs', graph, before, after: inputs });
  }

  private placeInputs(graph: Graph, inputs: readonly Value[]): void {
    for (const value of graph.inputs) writable(value).graph = undefined;
    writable(graph).inputs = inputs;
    inputs.forEach((value, i) => {
      const v = writable(value);
      v.graph = graph;
      v.index = i;
    });
  }

  addInitializer(graph: Graph, spec: ValueSpec): Value {
    const value = this.newValue(spec.name, graph, undefined, -1, spec.type, spec.origin);
    this.fill(value, spec);
    initializersOf(graph).add(value);
    this.done({ kind: 'add-initializer', graph, value });
    return value;
  }

  /** Removes an initializer that nobody reads. */
  removeInitializer(value: Value): void {
    const graph = value.graph;
    if (!graph || !value.isInitializer) throw new InternalError(`${value.name} is no initializer`);
    if (value.useCount > 0) throw new InternalError(`initializer ${value.name} is still read`);
    initializersOf(graph).delete(value);
    writable(value).graph = undefined;
    this.done({ kind: 'remove-initializer', graph, value });
  }

  /**
   * A constant that nodes of `graph` can read: an initializer of the nearest graph that may have some, or a
   * `Constant` node at the start of a function body, where ONNX allows no initializers.
   */
  addConstant(graph: Graph, tensor: Tensor, hint = 'constant'): Value {
    const type = tensorType(tensor.dtype, tensor.dims);
    if (graph.inFunction) {
      const root = graph.root;
      const first = root.firstNode;
      const node = this.createNode(
        {
          opType: 'Constant',
          inputs: [],
          outputs: [this.freshName(hint)],
          types: [type],
          attributes: [{ name: 'value', type: 'tensor', value: tensor }],
        },
        first ? { before: first } : { end: root },
      );
      return outputOf(node, 0);
    }
    return this.addInitializer(graph.root, { name: this.freshName(hint), type, tensor });
  }

  /** Gives an initializer (or a default of an input) other data. Dtype and dims may change with it. */
  setTensor(value: Value, tensor: Tensor | undefined): void {
    const before = value.tensor;
    writable(value).tensor = tensor;
    this.done({ kind: 'tensor', value, before, after: tensor });
  }

  /** Replaces all outputs of a graph, as readers do and as cutting a graph out does. */
  setOutputs(graph: Graph, outputs: readonly Value[]): void {
    const before = graph.outputs;
    this.placeOutputs(graph, outputs);
    this.done({ kind: 'outputs', graph, before, after: outputs });
  }

  private placeOutputs(graph: Graph, outputs: readonly Value[]): void {
    for (const use of graph.outputUses) unlinkUse(use);
    graph.outputUses.length = 0;
    outputs.forEach((value, index) => {
      const use: MutableUse = { value, node: undefined, graph, index, prev: undefined, next: undefined };
      linkUse(use);
      graph.outputUses.push(use);
    });
    writable(graph).outputs = outputs;
  }

  /** Makes one output of a graph another value. The name of the output is not looked after here. */
  setOutput(graph: Graph, index: number, value: Value): void {
    const before = graph.outputs[index];
    const use = graph.outputUses[index];
    if (!before || !use) throw new InternalError(`graph ${graph.name} has no output ${index}`);
    if (before === value) return;
    unlinkUse(use);
    use.value = value;
    linkUse(use);
    lists(graph).outputs[index] = value;
    this.done({ kind: 'output', graph, index, before, after: value });
  }

  // ---------------------------------------------------------------- nodes

  /** Makes a node and inserts it. Operands must be visible there; the caller answers for order. */
  createNode(spec: NodeSpec, place: Place): Node {
    const attributes = tableOf(spec.attributes);
    const node = new Node(
      this.model.nextNodeId++,
      spec.opType,
      normalDomain(spec.domain ?? ''),
      spec.overload ?? '',
      spec.name ?? '',
      attributes,
      spec.origin,
    );
    for (const a of attributes.values()) this.own(a, node);
    // Lists of the exact length: a list grown by `push` takes room for seventeen.
    const made = writable(node);
    made.inputs = spec.inputs.slice();
    made.operandUses = spec.inputs.map((value, index) =>
      value ? operandUse(node, index, value) : undefined,
    );
    made.outputs = spec.outputs.map((name, index) => {
      const label = name === '' ? this.freshName(node.opType) : name;
      if (label === undefined) return undefined;
      const value = this.newValue(
        label,
        undefined,
        node,
        index,
        spec.types?.[index],
        spec.outputOrigins?.[index],
      );
      if (spec.declared) writable(value).declared = spec.declared[index];
      return value;
    });
    this.place(node, place);
    for (const use of node.operandUses) if (use) linkUse(use);
    this.done({ kind: 'insert', node });
    return node;
  }

  /** Takes a node out of its graph. Nobody may read its outputs any more. Nested graphs go with it. */
  eraseNode(node: Node): void {
    const graph = node.graph;
    if (!graph) throw new InternalError(`node ${node.label} is erased already`);
    for (const output of node.outputs) {
      if (output && output.useCount > 0) {
        throw new InternalError(`${output.name} is still read; its node cannot be erased`, {
          node: node.label,
        });
      }
    }
    const next = node.next;
    this.detach(node);
    this.done({ kind: 'erase', node, graph, next });
  }

  /** Moves a node to another place, in its graph or in another one. The caller answers for order and scope. */
  moveNode(node: Node, place: Place): void {
    const graph = node.graph;
    if (!graph) throw new InternalError(`node ${node.label} is erased already`);
    if ('before' in place ? place.before === node : 'after' in place && place.after === node) return;
    const next = node.next;
    unlinkNode(node);
    this.done({ kind: 'erase', node, graph, next });
    this.place(node, place);
    this.done({ kind: 'insert', node });
  }

  /** Makes operand `index` another value (or none). */
  setOperand(node: Node, index: number, value: Value | undefined): void {
    const before = node.inputs[index];
    if (before === value) return;
    if (index >= node.inputs.length) this.setArity(node, index + 1);
    const old = node.operandUses[index];
    if (old) unlinkUse(old);
    const use = value ? operandUse(node, index, value) : undefined;
    node.operandUses[index] = use;
    lists(node).inputs[index] = value;
    if (use && node.graph) linkUse(use);
    this.done({ kind: 'operand', node, index, before, after: value });
  }

  /** Lengthens (with absent operands) or shortens the list of operands; dropped ones must be absent. */
  setArity(node: Node, count: number): void {
    const before = node.inputs.length;
    if (before === count) return;
    for (let i = count; i < before; i += 1) {
      if (node.inputs[i]) throw new InternalError(`operand ${i} of ${node.label} is still there`);
    }
    resize(node, count);
    this.done({ kind: 'arity', node, before, after: count });
  }

  setAttribute(node: Node, attribute: Attribute): void {
    const before = node.attributes.get(attribute.name);
    this.own(attribute, node);
    attributesOf(node).set(attribute.name, attribute);
    this.done({ kind: 'attribute', node, name: attribute.name, before, after: attribute });
  }

  removeAttribute(node: Node, name: string): void {
    const before = node.attributes.get(name);
    if (!before) return;
    attributesOf(node).delete(name);
    this.done({ kind: 'attribute', node, name, before, after: undefined });
  }

  /** Drops an output that nobody reads, as an optional output that is not wanted. */
  dropOutput(node: Node, index: number): void {
    const before = node.outputs[index];
    if (!before) return;
    if (before.useCount > 0) throw new InternalError(`${before.name} is still read`);
    lists(node).outputs[index] = undefined;
    writable(before).graph = undefined;
    this.done({ kind: 'result', node, index, before, after: undefined });
  }

  // ---------------------------------------------------------------- values

  /** Makes one use read another value. */
  replaceUse(use: Use, value: Value): void {
    if (use.node) this.setOperand(use.node, use.index, value);
    else if (use.graph) this.setOutput(use.graph, use.index, value);
  }

  /**
   * Makes every use of `from` read `to`, uses in nested graphs and as graph outputs included. O(uses).
   * Names of graph outputs are not looked after: see `replaceValue`.
   */
  replaceAllUses(from: Value, to: Value): void {
    if (from === to) return;
    while (from.firstUse) this.replaceUse(from.firstUse, to);
  }

  setType(value: Value, type: ValueType | undefined): void {
    const before = value.type;
    if (before === type) return;
    writable(value).type = type;
    this.done({ kind: 'type', value, before, after: type });
  }

  /** Notes the symbolic contents of an integer value that holds sizes. */
  setContents(value: Value, contents: readonly Dim[] | undefined): void {
    const before = value.contents;
    if (before === contents || sameContents(before, contents)) return;
    writable(value).contents = contents;
    this.done({ kind: 'contents', value, before, after: contents });
  }

  // ---------------------------------------------------------------- model

  /** Imports a domain at a version, or drops the import. */
  setOpset(domain: string, version: number | undefined): void {
    const before = this.model.opsets.get(domain);
    if (before === version) return;
    this.placeOpset(domain, version);
    this.done({ kind: 'opset', model: this.model, domain, before, after: version });
  }

  private placeOpset(domain: string, version: number | undefined): void {
    const opsets = this.model.opsets as Map<string, number>;
    if (version === undefined) opsets.delete(domain);
    else opsets.set(domain, version);
  }

  /** Adds a function. Its body must be a graph of this model made by `createGraph`. */
  addFunction(fn: FunctionDef): void {
    const key = functionKey(fn.domain, fn.name, fn.overload);
    const before = this.model.functions.get(key);
    setOwner(fn.body, { kind: 'function', function: fn });
    this.placeFunction(key, fn);
    this.done({ kind: 'function', model: this.model, key, before, after: fn });
  }

  removeFunction(fn: FunctionDef): void {
    const key = functionKey(fn.domain, fn.name, fn.overload);
    this.placeFunction(key, undefined);
    this.done({ kind: 'function', model: this.model, key, before: fn, after: undefined });
  }

  private placeFunction(key: string, fn: FunctionDef | undefined): void {
    const functions = this.model.functions as Map<string, FunctionDef>;
    if (fn === undefined) functions.delete(key);
    else functions.set(key, fn);
  }

  // ---------------------------------------------------------------- inside

  private newValue(
    name: string,
    graph: Graph | undefined,
    producer: Node | undefined,
    index: number,
    type: ValueType | undefined,
    origin: object | undefined,
  ): Value {
    this.names?.add(name);
    return new Value(this.model.nextValueId++, name, graph, producer, index, type, origin);
  }

  private fill(value: Value, spec: ValueSpec): void {
    const v = writable(value);
    v.tensor = spec.tensor;
    v.sparse = spec.sparse;
    v.overridable = spec.overridable ?? false;
    v.declared = spec.declared;
  }

  private own(attribute: Attribute, node: Node): void {
    if (attribute.type !== 'graph' && attribute.type !== 'graphs') return;
    for (const graph of graphsOf(attribute)) setOwner(graph, { kind: 'node', node });
  }

  private place(node: Node, place: Place): void {
    if ('end' in place) insertNode(node, place.end, place.end.lastNode, undefined);
    else if ('before' in place) insertNode(node, graphOf(place.before), place.before.prev, place.before);
    else insertNode(node, graphOf(place.after), place.after, place.after.next);
  }

  private detach(node: Node): void {
    unlinkNode(node);
    for (const use of node.operandUses) if (use) unlinkUse(use);
    // Values of graphs around a nested graph must not keep uses from inside an erased node.
    releaseCaptures(node);
  }

  private attach(node: Node, graph: Graph, next: Node | undefined): void {
    insertNode(node, graph, next ? next.prev : graph.lastNode, next);
    for (const use of node.operandUses) if (use) linkUse(use);
    restoreCaptures(node);
  }

  private undo(change: Change): void {
    switch (change.kind) {
      case 'operand': {
        const { node, index, before } = change;
        const old = node.operandUses[index];
        if (old) unlinkUse(old);
        const use = before ? operandUse(node, index, before) : undefined;
        node.operandUses[index] = use;
        lists(node).inputs[index] = before;
        if (use && node.graph) linkUse(use);
        return;
      }
      case 'arity':
        resize(change.node, change.before);
        return;
      case 'output': {
        const use = change.graph.outputUses[change.index];
        if (use) {
          unlinkUse(use);
          use.value = change.before;
          linkUse(use);
        }
        lists(change.graph).outputs[change.index] = change.before;
        return;
      }
      case 'outputs':
        this.placeOutputs(change.graph, change.before);
        return;
      case 'insert':
        this.detach(change.node);
        return;
      case 'erase':
        this.attach(change.node, change.graph, change.next);
        return;
      case 'result':
        lists(change.node).outputs[change.index] = change.before;
        if (change.before) writable(change.before).graph = change.node.graph;
        return;
      case 'attribute':
        if (change.before) attributesOf(change.node).set(change.name, change.before);
        else attributesOf(change.node).delete(change.name);
        return;
      case 'rename':
        writable(change.item).name = change.before;
        return;
      case 'type':
        writable(change.value).type = change.before;
        return;
      case 'contents':
        writable(change.value).contents = change.before;
        return;
      case 'tensor':
        writable(change.value).tensor = change.before;
        return;
      case 'add-initializer':
        initializersOf(change.graph).delete(change.value);
        writable(change.value).graph = undefined;
        return;
      case 'remove-initializer':
        initializersOf(change.graph).add(change.value);
        writable(change.value).graph = change.graph;
        return;
      case 'inputs':
        this.placeInputs(change.graph, change.before);
        return;
      case 'opset':
        this.placeOpset(change.domain, change.before);
        return;
      case 'function':
        this.placeFunction(change.key, change.before);
        return;
    }
  }
}

/** Output `index` of a node, which must be there. */
export function outputOf(node: Node, index = 0): Value {
  const value = node.outputs[index];
  if (!value) throw new InternalError(`node ${node.label} has no output ${index}`, { node: node.label });
  return value;
}

function tableOf(attributes: Iterable<Attribute> | undefined): ReadonlyMap<string, Attribute> {
  if (attributes === undefined) return noAttributes;
  const table = new Map<string, Attribute>();
  for (const a of attributes) table.set(a.name, a);
  return table.size > 0 ? table : noAttributes;
}

function graphOf(node: Node): Graph {
  if (!node.graph) throw new InternalError(`node ${node.label} stands in no graph`);
  return node.graph;
}

function setOwner(graph: Graph, owner: GraphOwner): void {
  writable(graph).owner = owner;
}

function operandUse(node: Node, index: number, value: Value): MutableUse {
  return { value, node, graph: undefined, index, prev: undefined, next: undefined };
}

function linkUse(use: MutableUse): void {
  const value = use.value;
  use.prev = undefined;
  use.next = value.firstUse;
  if (value.firstUse) value.firstUse.prev = use;
  value.firstUse = use;
  writable(value).useCount += 1;
}

function unlinkUse(use: MutableUse): void {
  const value = use.value;
  if (use.prev) use.prev.next = use.next;
  else if (value.firstUse === use) value.firstUse = use.next;
  else return; // not linked: the node stands in no graph
  if (use.next) use.next.prev = use.prev;
  use.prev = undefined;
  use.next = undefined;
  writable(value).useCount -= 1;
}

function resize(node: Node, count: number): void {
  const inputs = lists(node).inputs;
  while (inputs.length < count) {
    inputs.push(undefined);
    node.operandUses.push(undefined);
  }
  inputs.length = count;
  node.operandUses.length = count;
}

function insertNode(node: Node, graph: Graph, prev: Node | undefined, next: Node | undefined): void {
  const n = writable(node);
  const g = writable(graph);
  n.graph = graph;
  n.prev = prev;
  n.next = next;
  if (prev) writable(prev).next = node;
  else g.firstNode = node;
  if (next) writable(next).prev = node;
  else g.lastNode = node;
  g.nodeCount += 1;
  for (const output of node.outputs) if (output) writable(output).graph = graph;
  const low = prev ? prev.order : (next?.order ?? 0) - 2 * STEP;
  const high = next ? next.order : low + 2 * STEP;
  node.order = low + (high - low) / 2;
  // Doubles run out of room after some fifty insertions at one place; then the list is numbered anew.
  if (node.order <= low || node.order >= high) renumber(graph);
}

function renumber(graph: Graph): void {
  let order = 0;
  for (let node = graph.firstNode; node; node = node.next) {
    node.order = order;
    order += STEP;
  }
}

/** Keeps `node.next`, so that a walk over the list finds its way back. */
function unlinkNode(node: Node): void {
  const graph = graphOf(node);
  if (node.prev) writable(node.prev).next = node.next;
  else writable(graph).firstNode = node.next;
  if (node.next) writable(node.next).prev = node.prev;
  else writable(graph).lastNode = node.prev;
  writable(graph).nodeCount -= 1;
  writable(node).graph = undefined;
  for (const output of node.outputs) if (output) writable(output).graph = undefined;
}

/** All uses that nodes and outputs of the nested graphs of `node` make, without recursion. */
function* innerUses(node: Node): Generator<MutableUse> {
  const stack: Graph[] = [...node.graphs];
  for (let graph = stack.pop(); graph; graph = stack.pop()) {
    yield* graph.outputUses;
    for (let inner = graph.firstNode; inner; inner = inner.next) {
      for (const use of inner.operandUses) if (use) yield use;
      stack.push(...inner.graphs);
    }
  }
}

function releaseCaptures(node: Node): void {
  if (node.graphs.length === 0) return;
  for (const use of innerUses(node)) unlinkUse(use);
}

function restoreCaptures(node: Node): void {
  if (node.graphs.length === 0) return;
  for (const use of innerUses(node)) linkUse(use);
}

function sameContents(a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): boolean {
  if (!a || !b || a.length !== b.length) return false;
  return a.every((d, i) => dimKey(d) === dimKey(b[i] ?? 0));
}
