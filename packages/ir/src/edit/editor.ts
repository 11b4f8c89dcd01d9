import { InternalError } from '../errors.ts';
import { type Attribute, graphsOf } from '../graph/attribute.ts';
import { type FunctionDef, functionKey } from '../graph/function.ts';
import { Graph } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import { Node, normalDomain } from '../graph/node.ts';
import { type Use, Value } from '../graph/value.ts';
import { type Dim, dimKey } from '../types/dim.ts';
import type { SparseTensor, Tensor } from '../types/tensor.ts';
import { tensorType, type ValueType } from '../types/value-type.ts';
import { type Change, Journal } from './journal.ts';
import { NameTable } from './names.ts';
import { graphOf, insertNode, unlinkNode } from './node-list.ts';
import { detach, placeFunction, placeInputs, placeOpset, placeOutputs, setOwner } from './placement.ts';
import { undo } from './undo.ts';
import { linkUse, operandUse, resize, unlinkUse } from './uses.ts';
import { attributesOf, initializersOf, lists, tableOf, writable } from './writable.ts';

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
    for (const change of this.journal.take()) undo(change);
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
    placeInputs(graph, inputs);
    this.done({ kind: 'inputs', graph, before, after: inputs });
  }

  addInitializer(graph: Graph, spec: ValueSpec): Value {
    const value = this.newValue(spec.name, graph, undefined, -1, spec.type, spec.origin);
    this.fill(value, spec);
    initializersOf(graph).insert(value);
    this.done({ kind: 'add-initializer', graph, value });
    return value;
  }

  /** Removes an initializer that nobody reads. */
  removeInitializer(value: Value): void {
    const graph = value.graph;
    if (!graph || !value.isInitializer) throw new InternalError(`${value.name} is no initializer`);
    if (value.useCount > 0) throw new InternalError(`initializer ${value.name} is still read`);
    const next = initializersOf(graph).remove(value);
    writable(value).graph = undefined;
    this.done({ kind: 'remove-initializer', graph, value, next });
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
    placeOutputs(graph, outputs);
    this.done({ kind: 'outputs', graph, before, after: outputs });
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
    detach(node);
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

  /** Imports a domain at a version, or drops the import: in the model, or in one of its functions. */
  setOpset(domain: string, version: number | undefined, owner: Model | FunctionDef = this.model): void {
    const before = owner.opsets.get(domain);
    if (before === version) return;
    placeOpset(owner, domain, version);
    this.done({ kind: 'opset', owner, domain, before, after: version });
  }

  /** Says which version of the file format the model needs. The caller answers for what that changes. */
  setIrVersion(version: number): void {
    const before = this.model.irVersion;
    if (before === version) return;
    writable(this.model).irVersion = version;
    this.done({ kind: 'ir-version', model: this.model, before, after: version });
  }

  /** Adds a function. Its body must be a graph of this model made by `createGraph`. */
  addFunction(fn: FunctionDef): void {
    const key = functionKey(fn.domain, fn.name, fn.overload);
    const before = this.model.functions.get(key);
    setOwner(fn.body, { kind: 'function', function: fn });
    placeFunction(this.model, key, fn);
    this.done({ kind: 'function', model: this.model, key, before, after: fn });
  }

  removeFunction(fn: FunctionDef): void {
    const key = functionKey(fn.domain, fn.name, fn.overload);
    placeFunction(this.model, key, undefined);
    this.done({ kind: 'function', model: this.model, key, before: fn, after: undefined });
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
}

/** Output `index` of a node, which must be there. */
export function outputOf(node: Node, index = 0): Value {
  const value = node.outputs[index];
  if (!value) throw new InternalError(`node ${node.label} has no output ${index}`, { node: node.label });
  return value;
}

function sameContents(a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): boolean {
  if (!a || !b || a.length !== b.length) return false;
  return a.every((d, i) => dimKey(d) === dimKey(b[i] ?? 0));
}
