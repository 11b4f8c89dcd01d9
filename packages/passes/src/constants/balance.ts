import { constantTensor, type Node, type Tensor, type Value } from '@refold/ir';

/** Constants that are worth writing together or not at all, and by how many bytes the model grows then. */
export interface Balance {
  /** Computed values that nodes outside read. */
  readonly results: readonly Value[];
  /** Bytes of the results less those of nodes and initializers that disappear; negative when it pays. */
  readonly grows: number;
}

/** Values of fewer bytes do not tie regions together: sharing them costs nothing. */
const SMALL = 1024;

/**
 * Divides computed values into regions that share inputs worth speaking of, and weighs each: folding a weight
 * by two chains of nodes only pays when both are folded. Linear in nodes and uses, but for the near-constant
 * factor of union-find.
 */
export function balancesOf(computed: ReadonlyMap<Value, Tensor>): readonly Balance[] {
  const regions = new Regions();
  const readers = new Map<Value, Node>();
  for (const value of computed.keys()) {
    const node = value.producer;
    if (node) joinInputs(node, computed, regions, readers);
  }
  const balances = new Map<Node, { results: Value[]; grows: number }>();
  const at = (node: Node) => {
    const root = regions.find(node);
    let balance = balances.get(root);
    if (!balance) balances.set(root, (balance = { results: [], grows: 0 }));
    return balance;
  };
  for (const [value, tensor] of computed) {
    if (!value.producer) continue;
    const balance = at(value.producer);
    if (value.index === 0) balance.grows -= nodeBytes(value.producer);
    if (!isReadOutside(value, computed)) continue;
    balance.results.push(value);
    balance.grows += tensor.byteLength;
  }
  for (const [value, node] of readers) {
    if (!isReadOutside(value, computed)) at(node).grows -= constantTensor(value)?.byteLength ?? 0;
  }
  return [...balances.values()].filter((b) => b.results.length > 0);
}

/** Ties a node to the producers of its inputs, and to other readers of the same initializers. */
function joinInputs(
  node: Node,
  computed: ReadonlyMap<Value, Tensor>,
  regions: Regions,
  readers: Map<Value, Node>,
): void {
  for (const input of node.inputs) {
    if (!input) continue;
    const inner = computed.get(input);
    if (inner) {
      if (input.producer && (inner.byteLength > SMALL || input.useCount === 1))
        regions.join(node, input.producer);
      continue;
    }
    const other = readers.get(input);
    if (!other) readers.set(input, node);
    else if ((constantTensor(input)?.byteLength ?? 0) > SMALL) regions.join(node, other);
  }
}

/** Whether something reads the value that is not computed itself. */
function isReadOutside(value: Value, computed: ReadonlyMap<Value, Tensor>): boolean {
  for (const use of value.uses()) {
    if (!use.node?.outputs.some((o) => o && computed.has(o))) return true;
  }
  return false;
}

/** About what a node takes in a file: names and operator, and a few bytes of framing each. */
function nodeBytes(node: Node): number {
  let bytes = node.name.length + node.opType.length + 8;
  for (const output of node.outputs) bytes += output ? 2 * (output.name.length + 2) : 0;
  return bytes + node.attributes.size * 12;
}

/** Union-find over nodes. */
class Regions {
  private readonly parents = new Map<Node, Node>();

  find(node: Node): Node {
    let root = node;
    for (let up = this.parents.get(root); up; up = this.parents.get(root)) root = up;
    for (let at = node; at !== root; ) {
      const up = this.parents.get(at) ?? root;
      this.parents.set(at, root);
      at = up;
    }
    return root;
  }

  join(a: Node, b: Node): void {
    const x = this.find(a);
    const y = this.find(b);
    if (x !== y) this.parents.set(x, y);
  }
}
