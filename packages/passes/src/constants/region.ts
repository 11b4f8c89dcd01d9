import { constantTensor, type Node, type Tensor, type Value } from '@refold/ir';
import { nodeBytes } from '../support/size.ts';

/** Constants that are worth writing together or not at all, and by how many bytes the model grows then. */
export interface Balance {
  /** Computed values to be written, in the order in which they were computed. */
  readonly results: readonly Value[];
  /** Bytes of the results less those of nodes and initializers that disappear; negative when it pays. */
  readonly grows: number;
  /** Nodes that disappear. */
  readonly nodes: number;
}

/** Values of fewer bytes do not tie regions together: sharing them costs nothing. */
const SMALL = 1024;

/**
 * Computed values that share inputs worth speaking of: folding a weight by two chains of nodes only pays when
 * both are folded.
 */
export class Region {
  /** In the order in which they were computed. */
  private readonly values: Value[] = [];
  private readonly initializers = new Set<Value>();
  private readonly computed: ReadonlyMap<Value, Tensor>;

  constructor(computed: ReadonlyMap<Value, Tensor>) {
    this.computed = computed;
  }

  /** @internal */
  add(value: Value): void {
    this.values.push(value);
  }

  /** @internal Notes an initializer that nothing but the region reads. */
  addOwnInitializer(value: Value): void {
    this.initializers.add(value);
  }

  /** Whether something outside reads any of it. */
  get isRead(): boolean {
    return this.values.some((v) => isReadOutside(v, this.computed));
  }

  /**
   * The balance of writing what is read outside, but for results of more than `limit` bytes: their nodes stay,
   * and what they read is written instead. Masks and tables grow out of small constants, and are folded up to
   * where they are narrow.
   */
  balance(limit: number): Balance {
    const wanted = new Set(this.values.filter((v) => isReadOutside(v, this.computed)));
    const kept = new Set<Node>();
    const results: Value[] = [];
    let grows = 0;
    for (const value of this.values.toReversed()) {
      const { producer } = value;
      if (!wanted.has(value) || !producer) continue;
      const bytes = this.computed.get(value)?.byteLength ?? 0;
      if (bytes <= limit && !kept.has(producer)) {
        results.push(value);
        grows += bytes;
        continue;
      }
      if (kept.has(producer)) continue;
      kept.add(producer);
      for (const input of producer.inputs) if (input && this.computed.has(input)) wanted.add(input);
    }
    let nodes = 0;
    for (const node of this.nodes()) {
      if (kept.has(node)) continue;
      grows -= nodeBytes(node);
      nodes += 1;
    }
    for (const value of this.initializers) {
      if (![...value.users()].some((n) => kept.has(n))) grows -= constantTensor(value)?.byteLength ?? 0;
    }
    return { results: results.reverse(), grows, nodes };
  }

  /** Bytes of the largest value that is read outside. */
  get widest(): number {
    let bytes = 0;
    for (const v of this.values) {
      if (isReadOutside(v, this.computed)) bytes = Math.max(bytes, this.computed.get(v)?.byteLength ?? 0);
    }
    return bytes;
  }

  private nodes(): ReadonlySet<Node> {
    const nodes = new Set<Node>();
    for (const { producer } of this.values) if (producer) nodes.add(producer);
    return nodes;
  }
}

/**
 * Divides computed values into regions. Linear in nodes and uses, but for the near-constant factor of
 * union-find.
 */
export function regionsOf(computed: ReadonlyMap<Value, Tensor>): readonly Region[] {
  const groups = new NodeGroups();
  const readers = new Map<Value, Node>();
  for (const value of computed.keys()) {
    if (value.producer) joinInputs(value.producer, computed, groups, readers);
  }
  const regions = new Map<Node, Region>();
  for (const value of computed.keys()) {
    if (!value.producer) continue;
    const root = groups.find(value.producer);
    const region = regions.get(root) ?? new Region(computed);
    regions.set(root, region);
    region.add(value);
  }
  for (const [value, node] of readers) {
    if (!isReadOutside(value, computed)) regions.get(groups.find(node))?.addOwnInitializer(value);
  }
  return [...regions.values()].filter((r) => r.isRead);
}

/** Ties a node to the producers of its inputs, and to other readers of the same initializers. */
function joinInputs(
  node: Node,
  computed: ReadonlyMap<Value, Tensor>,
  groups: NodeGroups,
  readers: Map<Value, Node>,
): void {
  for (const input of node.inputs) {
    if (!input) continue;
    const inner = computed.get(input);
    if (inner) {
      if (input.producer && (inner.byteLength > SMALL || input.useCount === 1))
        groups.join(node, input.producer);
      continue;
    }
    const other = readers.get(input);
    if (!other) readers.set(input, node);
    else if ((constantTensor(input)?.byteLength ?? 0) > SMALL) groups.join(node, other);
  }
}

/** Whether something reads the value that is not computed itself. */
function isReadOutside(value: Value, computed: ReadonlyMap<Value, Tensor>): boolean {
  for (const use of value.uses()) {
    if (!use.node?.outputs.some((o) => o && computed.has(o))) return true;
  }
  return false;
}

/** Union-find over nodes. */
class NodeGroups {
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
