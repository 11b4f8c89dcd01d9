import { InternalError } from '../errors.ts';
import { type FunctionDef, functionKey } from '../graph/function.ts';
import type { Graph } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import type { Node } from '../graph/node.ts';
import type { Use, Value } from '../graph/value.ts';
import { type Dim, dimKey } from '../types/dim.ts';
import type { Tensor } from '../types/tensor.ts';
import { tensorType, type ValueType } from '../types/value-type.ts';
import { NodeEditor } from './node-editor.ts';
import { placeFunction, placeOpset, setOwner } from './placement.ts';
import { writable } from './writable.ts';

/**
 * The only way to change a model. Every operation keeps uses, order and owners consistent, costs O(1) in
 * the size of the graph, and is written to a journal while a transaction is open, so that it can be rolled
 * back. Checks here are the cheap ones; `verify` does the rest. The classes that it extends hold one part each:
 * transactions, names, graphs, nodes.
 */
export class Editor extends NodeEditor {
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

  /** Says what the model states as the type of a value, besides what follows from its nodes. */
  setDeclared(value: Value, type: ValueType | undefined): void {
    const before = value.declared;
    if (before === type) return;
    writable(value).declared = type;
    this.done({ kind: 'declared', value, before, after: type });
  }

  /** Notes the symbolic contents of an integer value that holds sizes. */
  setContents(value: Value, contents: readonly Dim[] | undefined): void {
    const before = value.contents;
    if (before === contents || sameContents(before, contents)) return;
    writable(value).contents = contents;
    this.done({ kind: 'contents', value, before, after: contents });
  }

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
