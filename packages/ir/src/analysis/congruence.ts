import type { Attribute } from '../graph/attribute.ts';
import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { constantTensor } from '../infer/constant.ts';
import { commutingOperators } from '../ops/elementwise/algebra.ts';
import { type AttributeSchema, type OperatorSchema, schemaOf } from '../ops/schema.ts';
import type { Tensor } from '../types/tensor.ts';
import { attributeKey } from './attribute-key.ts';
import { isDeterministic } from './deterministic.ts';
import { tensorForm, tensorKey } from './tensor-key.ts';

/** Which values of a graph, and of the graphs nested in it, are equal in every run. */
export interface Congruence {
  /**
   * A number that two values share only if they are equal bit for bit (all NaNs are one), wherever both can
   * be read. Values in nested graphs that stand side by side cannot both be read.
   */
  numberOf(value: Value): number;
}

/**
 * Numbers the values of a graph: constants by their bits; results by operator, attributes, nested graphs and
 * the numbers of the operands. Results of operators that may differ from run to run are equal only to
 * themselves. Linear in the graph and what is nested in it; weights are loaded only where another one has
 * the same type and dimensions.
 */
export function congruence(graph: Graph): Congruence {
  const numbering = new Numbering(graph);
  numbering.run();
  return numbering;
}

/** A graph that is being numbered. */
interface Frame {
  readonly graph: Graph;
  /** The next node; its nested graphs come first. */
  node: Node | undefined;
  nested: readonly Graph[];
  opened: number;
}

class Numbering implements Congruence {
  private readonly root: Graph;
  private readonly numbers: Int32Array;
  private readonly byKey = new Map<string, number>();
  private readonly constants = new Map<
    string,
    { readonly first: Tensor; readonly number: number; keyed: boolean }
  >();
  private readonly graphKeys = new Map<Graph, string>();
  private count = 0;

  constructor(root: Graph) {
    this.root = root;
    this.numbers = new Int32Array(root.model.nextValueId).fill(-1);
  }

  numberOf(value: Value): number {
    const known = this.numbers[value.id] ?? -1;
    if (known >= 0) return known;
    // A value of a graph around the root, or a later one.
    return this.set(value, this.fresh());
  }

  run(): void {
    const stack: Frame[] = [this.enter(this.root, 0)];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const inner = top.nested[top.opened];
      if (inner) {
        top.opened += 1;
        stack.push(this.enter(inner, stack.length));
      } else if (top.node) {
        this.numberNode(top.node);
        this.advance(top, top.node.next);
      } else {
        this.graphKeys.set(top.graph, this.keyOfGraph(top.graph));
        stack.pop();
      }
    }
  }

  private enter(graph: Graph, depth: number): Frame {
    graph.inputs.forEach((value, i) => {
      // Inputs of nested graphs are told apart by their places only, so that equal bodies get equal keys.
      const symbolic = depth > 0 && !value.tensor && !value.sparse;
      this.set(
        value,
        symbolic ? this.intern(`input ${depth} ${i}`) : this.constantOr(value, () => this.fresh()),
      );
    });
    for (const value of graph.initializers)
      this.set(
        value,
        this.constantOr(value, () => this.fresh()),
      );
    const frame: Frame = { graph, node: undefined, nested: [], opened: 0 };
    this.advance(frame, graph.firstNode);
    return frame;
  }

  private advance(frame: Frame, node: Node | undefined): void {
    frame.node = node;
    frame.nested = node?.graphs ?? [];
    frame.opened = 0;
  }

  private numberNode(node: Node): void {
    let key: string | undefined;
    node.outputs.forEach((value, i) => {
      if (!value) return;
      const number = this.constantOr(value, () => {
        key ??= isDeterministic(node) ? `node ${this.intern(this.keyOfNode(node))}` : `run ${this.fresh()}`;
        return this.intern(`${key} ${i}`);
      });
      this.set(value, number);
    });
  }

  /** Two nodes that want other outputs may be told to compute otherwise, so that counts too. */
  private keyOfNode(node: Node): string {
    const version = node.graph?.opset(node.domain);
    const schema = version === undefined ? undefined : schemaOf(node.domain, node.opType, version);
    const operands = node.inputs.map((v) => (v ? this.numberOf(v) : -1));
    const swappable = node.domain === '' && operands.length === 2 && node.attributes.size === 0;
    const called = node.graph?.model.functionOf(node) !== undefined;
    if (swappable && !called && commutingOperators.has(node.opType)) operands.sort((a, b) => a - b);
    const wanted = node.outputs.map((v) => (v ? 1 : 0)).join('');
    const attributes = this.attributeKeys(node, called ? undefined : schema);
    return JSON.stringify([node.domain, node.opType, node.overload, version, wanted, operands, attributes]);
  }

  private attributeKeys(node: Node, schema: OperatorSchema | undefined): readonly string[] {
    const keys: string[] = [];
    for (const attribute of node.attributes.values()) {
      if (isDefault(attribute, schema?.attributes.get(attribute.name))) continue;
      keys.push(attributeKey(attribute, (graph) => this.graphKeys.get(graph) ?? `graph ${this.fresh()}`));
    }
    return keys.sort();
  }

  /** What a graph computes of its inputs. */
  private keyOfGraph(graph: Graph): string {
    return `${graph.inputs.length}=>${graph.outputs.map((v) => this.numberOf(v)).join()}`;
  }

  private constantOr(value: Value, other: () => number): number {
    const tensor = constantTensor(value);
    return tensor ? this.constant(tensor) : other();
  }

  /** Only the second tensor of a form makes it necessary to look at elements. */
  private constant(tensor: Tensor): number {
    const form = tensorForm(tensor);
    const known = this.constants.get(form);
    if (!known) {
      const number = this.fresh();
      this.constants.set(form, { first: tensor, number, keyed: false });
      return number;
    }
    if (known.first === tensor) return known.number;
    if (!known.keyed) {
      this.byKey.set(tensorKey(known.first), known.number);
      known.keyed = true;
    }
    return this.intern(tensorKey(tensor));
  }

  private set(value: Value, number: number): number {
    this.numbers[value.id] = number;
    return number;
  }

  private intern(key: string): number {
    let number = this.byKey.get(key);
    if (number === undefined) {
      number = this.fresh();
      this.byKey.set(key, number);
    }
    return number;
  }

  private fresh(): number {
    this.count += 1;
    return this.count;
  }
}

/** Whether an attribute says what the operator would do without it. */
function isDefault(attribute: Attribute, schema: AttributeSchema | undefined): boolean {
  const standard = schema?.default;
  if (standard === undefined || attribute.type !== schema?.type) return false;
  switch (attribute.type) {
    case 'int':
    case 'string':
      return attribute.value === standard;
    case 'float':
      return typeof standard === 'number' && Object.is(attribute.value, Math.fround(standard));
    case 'ints':
    case 'strings':
      return Array.isArray(standard) && sameItems(attribute.value, standard);
    default:
      return false;
  }
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
