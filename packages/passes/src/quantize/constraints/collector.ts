import { constantTensor, type Graph, type Node, type Value } from '@refold/ir';
import { viewNumber } from '../../support/view.ts';
import { type Constraint, type Derived, ONE_VALUE, type Origin, type Point } from '../classes/constraint.ts';
import { type Demand, noDemand, setOfTypes } from '../classes/demand.ts';
import type { Grain } from '../classes/grain.ts';
import type { CodeFamily, Strength, Target, Tie } from '../targets/target.ts';
import type { Theta } from '../theta/theta.ts';
import { type BitsByName, bitsOfWeights, MIXED_BITS, ofBits } from './bits.ts';
import { mayGiveFloats } from './dispatch.ts';
import { findFillings } from './fillings.ts';
import { activated, fusedInto } from './fused.ts';
import { type Operands, operandsOf, type State, type Weights } from './operands.ts';
import { PointTable } from './point-table.ts';
import { isWiring, wiringConstraints } from './wiring.ts';

/** How much more it gains to spare a requantization on the way to a use than to share a scale in an operator. */
const EDGE_GAIN = 2;
const NODE_GAIN = 1;

const free: Tie = { inputs: 'free', output: 'free' };

/** Reads constraints off nodes, one by one. */
export class Collector {
  readonly table: PointTable = new PointTable();
  readonly constraints: Constraint[] = [];
  private readonly target: Target;
  private readonly quantized: ReadonlySet<Node>;
  private readonly bits: BitsByName;
  private readonly uses: Point[] = [];
  private readonly weights = new Set<Point>();

  constructor(target: Target, quantized: ReadonlySet<Node>, bits: BitsByName) {
    this.target = target;
    this.quantized = quantized;
    this.bits = bits;
  }

  /** All that one node demands. */
  visit(node: Node): void {
    if (this.quantized.has(node)) this.visitQuantized(node);
    else if (isWiring(node)) this.visitWiring(node);
    else this.visitFloat(node);
  }

  /** The fillings of masks do not count, and take what the masked scores have. */
  excludeFillings(nodes: readonly Node[]): void {
    const { operands, fills } = findFillings(nodes);
    for (const [value, fill] of fills) {
      const origin = { rule: 'mask-filling', at: this.table.keyOf(value) };
      this.constraints.push({ kind: 'exclude', value: origin.at, fill, origin });
    }
    for (const { node, input } of operands) {
      if (!this.quantized.has(node)) continue;
      const [point, data] = [this.table.use(node, input), this.table.definition(node.outputs[0])];
      const origin = { rule: 'mask-filling', at: this.table.nodeKey(node) };
      if (point && data) this.constraints.push({ kind: 'passive', point: point.key, data: data.key, origin });
    }
  }

  /** An output that is fed back as an input in the next call. */
  tieState(graph: Graph, input: string, output: string): void {
    const a = this.table.definition(graph.inputs.find((v) => v.name === input));
    const b = this.table.definition(graph.outputs.find((v) => v.name === output));
    if (a && b) this.same(a, b, { rule: 'state', at: b.key });
  }

  /** What holds for values as a whole, once all their uses are known. */
  bindValues(overrides: ReadonlyMap<string, Theta>): void {
    for (const point of this.uses) this.tieToDefinition(point);
    for (const [key, value] of this.table.values()) {
      const origin = { rule: 'already-quantized', at: key };
      if (isQuantized(value)) this.constraints.push({ kind: 'barrier', point: key, origin });
      const theta = overrides.get(key);
      if (theta)
        this.constraints.push({ kind: 'fixed', point: key, theta, origin: { rule: 'override', at: key } });
    }
    for (const point of this.table.points) {
      if (this.weights.has(point) || this.isConstantDefinition(point)) continue;
      const origin = { rule: `${this.target.name}-activations`, at: point.key };
      const asked = point.use ? undefined : this.bits.get(point.value);
      const demand = demandOf(ofBits(this.target.activations, asked), { kind: 'tensor' });
      this.constraints.push({ kind: 'family', point: point.key, demand, origin });
    }
  }

  private visitQuantized(node: Node): void {
    const operands = operandsOf(node);
    const at = this.table.nodeKey(node);
    const name = node.opType;
    // A result that nobody reads, such as the values of a TopK of which only the places are wanted, is not seen either.
    const results = (operands.allResults ? node.outputs : node.outputs.slice(0, 1)).flatMap((v) =>
      v && v.useCount > 0 ? (this.table.definition(activated(v, this.target, this.quantized)) ?? []) : [],
    );
    const data = (operands.data ?? [...node.inputs.keys()]).flatMap((i) => this.use(node, i) ?? []);
    const host = fusedInto(node, this.target, this.quantized);
    for (const i of operands.passive ?? []) {
      const [point, of] = [this.use(node, i), data[0]];
      const origin = { rule: `${name}-parameter`, at };
      // What is fused reads floats, and so do its parameters.
      if (point && host) this.constraints.push({ kind: 'barrier', point: point.key, origin });
      else if (point && of)
        this.constraints.push({ kind: 'passive', point: point.key, data: of.key, origin });
    }
    this.visitWeights(node, operands);
    this.visitStates(node, operands);
    const fixed = this.target.fixed.get(name);
    const [result] = results;
    if (fixed && result) {
      const theta = { format: formatOf(this.target.activations), ...fixed };
      this.constraints.push({
        kind: 'fixed',
        point: result.key,
        theta,
        origin: { rule: `${name}-result`, at },
      });
    }
    if (result && mayGiveFloats(node, this.target, this.quantized)) {
      const origin = { rule: 'float-result', at };
      this.constraints.push({ kind: 'barrier', point: result.key, origin });
    }
    if (host) {
      const inner = this.table.definition(host.outputs[0]);
      const origin = { rule: 'fused-activation', at };
      if (inner) this.constraints.push({ kind: 'barrier', point: inner.key, origin });
      return;
    }
    const tie = operands.ties?.(node) === false ? free : (this.target.operators.get(name) ?? free);
    for (const other of data.slice(1))
      if (data[0]) this.tie(tie.inputs, data[0], other, { rule: `${name}-inputs`, at });
    // Where inputs are free of each other, a result cannot follow all of them.
    const sources = tie.inputs === 'free' ? data.slice(0, 1) : data;
    for (const source of sources) {
      for (const to of results) this.tie(tie.output, source, to, { rule: `${name}-result`, at });
    }
  }

  private visitWeights(node: Node, operands: Operands): void {
    const weights = (operands.weights ?? []).map((w) => this.visitWeight(node, w));
    const added = operands.bias === undefined ? undefined : this.use(node, operands.bias);
    const value = node.inputs[operands.bias ?? 0];
    if (!added || !value) return;
    const at = this.table.nodeKey(node);
    const [hidden] = operands.states ?? [];
    const factors = [this.table.use(node, 0), ...(hidden ? [this.resultsOf(node, hidden)[0]] : [])];
    const from = factors.flatMap((data, i): Derived['from'] => {
      const factor = weights[i];
      return data && factor ? [[data.key, factor.key]] : [];
    });
    const isKnown = from.length === factors.length && constantTensor(value) !== undefined;
    if (this.target.bias === 'int32' && isKnown && addsPlainly(node)) {
      this.constraints.push({ kind: 'derived', point: added.key, from, origin: { rule: 'bias', at } });
    } else {
      this.constraints.push({ kind: 'barrier', point: added.key, origin: { rule: 'float-bias', at } });
    }
  }

  /** The point of constant weights; others have codes as data do. */
  private visitWeight(node: Node, { input, axis }: Weights): Point | undefined {
    const point = this.use(node, input);
    const value = node.inputs[input];
    if (!point || !value || !constantTensor(value)) return undefined;
    const along = this.target.weights.perChannel ? axis(node) : undefined;
    const grain: Grain = along === undefined ? { kind: 'tensor' } : { kind: 'axis', axis: along };
    const demand = demandOf(ofBits(this.target.weights, bitsOfWeights(this.bits, node, value)), grain);
    const origin = { rule: `${this.target.name}-weights`, at: this.table.nodeKey(node) };
    this.weights.add(point);
    this.constraints.push({ kind: 'family', point: point.key, demand, origin });
    return point;
  }

  /** What comes back in the next step has one scale, before and behind the node. */
  private visitStates(node: Node, { states = [] }: Operands): void {
    for (const state of states) {
      const { name, inputs, isWide } = state;
      const points = [
        ...inputs.flatMap((i) => this.table.use(node, i) ?? []),
        ...this.resultsOf(node, state),
      ];
      const origin = { rule: `${node.opType}-${name}-state`, at: this.table.nodeKey(node) };
      const [first, ...others] = points;
      if (!first) continue;
      for (const other of others) this.same(first, other, origin);
      if (!isWide || (node.graph?.opset() ?? 0) < MIXED_BITS) continue;
      const demand = demandOf(ofBits(this.target.activations, 16), { kind: 'tensor' });
      this.constraints.push({ kind: 'family', point: first.key, demand, origin });
    }
  }

  private resultsOf(node: Node, { results }: State): readonly Point[] {
    return results.flatMap((i) => {
      const value = node.outputs[i];
      return value && value.useCount > 0 ? (this.table.definition(value) ?? []) : [];
    });
  }

  private visitWiring(node: Node): void {
    this.constraints.push(...wiringConstraints(node, this.table));
    node.inputs.forEach((_, i) => {
      this.use(node, i);
    });
  }

  private visitFloat(node: Node): void {
    const origin = { rule: 'float-operator', at: this.table.nodeKey(node) };
    node.inputs.forEach((_, i) => {
      const point = this.use(node, i);
      if (point) this.constraints.push({ kind: 'barrier', point: point.key, origin });
    });
  }

  private use(node: Node, input: number): Point | undefined {
    const point = this.table.use(node, input);
    if (point) this.uses.push(point);
    return point;
  }

  private tieToDefinition(use: Point): void {
    const origin = { rule: ONE_VALUE, at: use.key };
    const tie = { a: use.value, b: use.key, origin };
    if (this.target.requantizes)
      this.constraints.push({ kind: 'prefer', edge: true, gain: EDGE_GAIN, ...tie });
    else this.constraints.push({ kind: 'same', edge: true, ...tie });
  }

  private tie(strength: Strength, a: Point, b: Point, origin: Origin): void {
    if (strength === 'must') this.same(a, b, origin);
    if (strength === 'prefer') {
      this.constraints.push({ kind: 'prefer', a: a.key, b: b.key, gain: NODE_GAIN, origin });
    }
  }

  private same(a: Point, b: Point, origin: Origin): void {
    this.constraints.push({ kind: 'same', a: a.key, b: b.key, origin });
  }

  /** A constant takes what its uses ask for. */
  private isConstantDefinition(point: Point): boolean {
    if (point.use) return false;
    const value = this.table.valueOf(point);
    return value !== undefined && constantTensor(value) !== undefined;
  }
}

function demandOf(family: CodeFamily, grain: Grain): Demand {
  const { symmetric, powerOfTwo, narrow } = family;
  return { ...noDemand, types: setOfTypes(family.types), symmetric, powerOfTwo, narrow, grain };
}

function formatOf(family: CodeFamily): Theta['format'] {
  const { symmetric, powerOfTwo, narrow } = family;
  return { dtype: family.types[0] ?? 'int8', symmetric, powerOfTwo, narrow };
}

/** Whether a bias is added as it is to the plain product; only `Gemm` can do otherwise. */
function addsPlainly(node: Node): boolean {
  return !node.is('Gemm') || (viewNumber(node, 'alpha') === 1 && viewNumber(node, 'beta') === 1);
}

/** Whether a value comes out of codes already, or goes into some. */
function isQuantized(value: Value): boolean {
  if (value.producer?.is('DequantizeLinear')) return true;
  for (const node of value.users()) if (node.is('QuantizeLinear')) return true;
  return false;
}
