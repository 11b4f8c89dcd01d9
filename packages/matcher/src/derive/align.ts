import {
  attributeKey,
  constantTensor,
  type Graph,
  isDeterministic,
  type Node,
  tensorKey,
  type Value,
} from '@refold/ir';

/** Constants of more bytes are told apart by identity. */
const MAX_BYTES = 1 << 20;

/** Numbers for the values of two graphs: equal for values that are the same in every run of both. */
export class Alignment {
  private readonly numbers = new Map<Value, number>();
  private readonly keys = new Map<string, number>();

  /** Inputs are the same by their names, or by their places when the names are others. */
  constructor(before: Graph, after: Graph) {
    const names = new Set(before.inputs.map((v) => v.name));
    const byName = after.inputs.every((v) => names.has(v.name));
    for (const graph of [before, after]) {
      graph.inputs.forEach((value, i) => {
        this.number(value, byName ? `input ${value.name}` : `input ${i}`);
      });
      for (const value of graph.initializers) this.constant(value);
      for (const node of graph.nodes()) this.results(node);
    }
  }

  of(value: Value): number {
    return this.numbers.get(value) ?? -1;
  }

  private number(value: Value, key: string): void {
    const number = this.keys.get(key) ?? this.keys.size;
    this.keys.set(key, number);
    this.numbers.set(value, number);
  }

  private constant(value: Value): void {
    const tensor = constantTensor(value);
    const isSmall = tensor !== undefined && tensor.byteLength <= MAX_BYTES;
    this.number(value, isSmall ? `constant ${tensorKey(tensor)}` : `value ${value.name} ${value.id}`);
  }

  private results(node: Node): void {
    const operands = node.inputs.map((v) => (v ? this.of(v) : ''));
    const attributes = [...node.attributes.values()].map((a) => attributeKey(a)).sort();
    const key = `${node.op} ${node.overload} (${operands.join()}) {${attributes.join()}}`;
    const isOwn = !isDeterministic(node) || node.graphs.length > 0;
    node.outputs.forEach((value, i) => {
      if (!value) return;
      if (constantTensor(value)) this.constant(value);
      else this.number(value, isOwn ? `node ${node.id} ${node.label} ${i}` : `${key} ${i}`);
    });
  }
}
