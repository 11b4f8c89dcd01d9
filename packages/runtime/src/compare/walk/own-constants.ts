import { constantTensor, type Graph, isFloat, type Node, sameTensor, type Value } from '@refold/ir';

/**
 * Tells which constants of a model the other one does not have under their names: they may have been computed, of
 * others, and rounded.
 */
export class OwnConstants {
  private readonly others = new Map<string, Value>();
  private readonly known = new Map<Value, boolean>();

  constructor(other: Graph) {
    for (const value of [...other.inputs, ...other.initializers]) this.others.set(value.name, value);
    for (const node of other.nodes()) {
      const [value] = node.outputs;
      if (value && node.is('Constant')) this.others.set(value.name, value);
    }
  }

  /** For each operand of a node whether it is such a constant, of floats. */
  among({ inputs }: Node): readonly boolean[] {
    return inputs.map((value) => value !== undefined && this.has(value));
  }

  private has(value: Value): boolean {
    let own = this.known.get(value);
    if (own === undefined) {
      own = this.find(value);
      this.known.set(value, own);
    }
    return own;
  }

  private find(value: Value): boolean {
    const tensor = constantTensor(value);
    if (!tensor || !isFloat(tensor.dtype)) return false;
    const other = this.others.get(value.name);
    const same = other && constantTensor(other);
    return !same || !sameTensor(tensor, same);
  }
}
