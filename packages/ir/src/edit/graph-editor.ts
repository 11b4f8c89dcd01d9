import { InternalError } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import type { Value } from '../graph/value.ts';
import type { Tensor } from '../types/tensor.ts';
import { NamedValues } from './named-values.ts';
import { placeInputs, placeOutputs } from './placement.ts';
import type { ValueSpec } from './specs.ts';
import { linkUse, unlinkUse } from './uses.ts';
import { initializersOf, lists, writable } from './writable.ts';

/** Changes what a graph takes, holds and gives: inputs, initializers, outputs. */
export class GraphEditor extends NamedValues {
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
    if (!graph || !value.isInitializer) throw new InternalError(`${value.name} is not an initializer`);
    if (value.useCount > 0) throw new InternalError(`initializer ${value.name} is still read`);
    const next = initializersOf(graph).remove(value);
    writable(value).graph = undefined;
    this.done({ kind: 'remove-initializer', graph, value, next });
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

  private fill(value: Value, spec: ValueSpec): void {
    const v = writable(value);
    v.tensor = spec.tensor;
    v.sparse = spec.sparse;
    v.overridable = spec.overridable ?? false;
    v.declared = spec.declared;
  }
}
