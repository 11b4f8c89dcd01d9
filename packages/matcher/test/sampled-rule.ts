import { type Graph, type Node, tensorFloats, type Value } from '@refold/ir';
import {
  any,
  commutative,
  constant,
  constantOf,
  list,
  num,
  oneOf,
  op,
  optional,
  type Pat,
  permuted,
  product,
  type Rule,
  repeat,
  reshaped,
  roots,
  rule,
  sum,
  through,
  value,
} from '../src/index.ts';
import { type Draw, oneOfList, shuffled } from './draws.ts';

export interface Sampling {
  /** How many operators a pattern has at most, where the graph has that many. */
  readonly size: number;
  /** How many it is meant to have at least; 1 when absent. */
  readonly least?: number;
  /** Whether only operators with fixed operands and operands in any order are used. */
  readonly plain?: boolean;
  /** Whether one operator of the pattern is exchanged, so that it nearly matches. */
  readonly mutate?: boolean;
}

type AnyPattern = Pat<Readonly<Record<string, unknown>>>;

const commuting = new Set(['Add', 'Mul', 'Max']);

/** Operators that stand for each other in near misses. */
const similar: readonly (readonly string[])[] = [
  ['Relu', 'Erf', 'Exp', 'Neg', 'Sqrt', 'Reciprocal', 'Tanh', 'Sigmoid'],
  ['Add', 'Mul', 'Max'],
  ['Sub', 'Div', 'Pow', 'MatMul'],
];

/** A rule that only matches, with a pattern taken from what stands somewhere in a graph. */
export function sampledRule(graph: Graph, name: string, draw: Draw, sampling: Sampling): Rule {
  const nodes = [...graph.nodes()].filter((node) => node.outputs[0] !== undefined);
  const sampler = new Sampler(draw, sampling);
  const node = oneOfList(draw, nodes);
  return rule<object>({
    name,
    doc: `finds what makes ${node.outputs[0]?.name}`,
    match: sampling.plain || draw(8) !== 7 ? sampler.patternOf(node) : sampler.rootsFrom(node),
    build: () => undefined,
    exactness: 'exact',
    phase: 'normalize',
    benefit: draw(3),
  });
}

/** Whether a pattern says which operator makes its value. */
function isStructure(p: AnyPattern): boolean {
  return p.data.kind === 'op' || p.data.kind === 'sum' || p.data.kind === 'product';
}

class Sampler {
  private readonly draw: Draw;
  private readonly sampling: Sampling;
  private readonly known = new Map<Value, AnyPattern>();
  private readonly names = new Map<Value, string>();
  private left: number;
  /** How many operators are to come before the one that is exchanged. */
  private mutation: number;
  private tags = 0;

  constructor(draw: Draw, sampling: Sampling) {
    this.draw = draw;
    this.sampling = sampling;
    const least = sampling.least ?? 1;
    this.left = least + draw(sampling.size - least + 1);
    this.mutation = sampling.mutate ? draw(this.left) : Number.NaN;
  }

  patternOf(node: Node): AnyPattern {
    this.left -= 1;
    const opType = this.mutated(node.opType);
    const kind = this.sampling.plain ? 0 : this.draw(8);
    const [first] = node.inputs;
    const operands = this.operands(node);
    if (kind === 1 && ['Add', 'Sub', 'Sum'].includes(opType)) {
      return this.arithmetic(sum, operands) ?? op(opType, operands);
    }
    if (kind === 2 && ['Mul', 'Div'].includes(opType)) {
      return this.arithmetic(product, operands) ?? op(opType, operands);
    }
    if (kind === 3 && ['Identity', 'Transpose', 'Reshape'].includes(opType) && first)
      return op(opType, [through(['Identity', 'Transpose', 'Reshape'], this.at(first))]);
    if (kind === 5 && opType === 'Transpose' && first) {
      const perm = this.draw(2) === 0 ? 'ij->ji' : { capture: this.tag() };
      return permuted(perm, isStructure(this.at(first)) ? this.at(first) : op('Relu', [any]));
    }
    if (kind === 5 && opType === 'Reshape' && first) {
      return reshaped(this.draw(2) === 0 ? 'I J -> I J' : 'I J -> (I J)', this.at(first));
    }
    if (kind === 6 && first && node.inputs.length === 1) {
      return repeat((inner) => op(opType, [inner]), this.at(first), { min: 1 + this.draw(2), max: 4 });
    }
    if (kind === 6 && ['Sum', 'Concat'].includes(opType)) {
      return op(opType, [list(this.tag(), any, { min: this.draw(3) })]);
    }
    if (kind === 4 && first && node.inputs.length === 1) {
      const inner = this.at(first);
      return optional(this.tag(), op(opType, [inner]), (p) =>
        op(oneOfList(this.draw, similar[0] ?? []), [p]),
      );
    }
    if (commuting.has(opType)) return commutative(opType, shuffled(this.draw, operands));
    return op(opType, operands, { params: this.params(node), extraInputs: 'allow', output: 0 });
  }

  /** What makes a value and what reads one of its operands, as two roots. */
  rootsFrom(node: Node): AnyPattern {
    const readers = [...(node.inputs[0]?.users() ?? [])].filter((n) => n !== node && n.graph === node.graph);
    const [reader] = readers;
    const first = this.patternOf(node);
    const firstIsRoot = isStructure(first);
    return reader && firstIsRoot ? roots({ one: first, other: this.patternOf(reader) }) : first;
  }

  private operands(node: Node): readonly AnyPattern[] {
    return node.inputs.map((v) => (v ? this.at(v) : any));
  }

  /** A sum or product, unless it comes to nothing but numbers or a part of it cancels. */
  private arithmetic(of: typeof sum | typeof product, parts: readonly AnyPattern[]): AnyPattern | undefined {
    try {
      return of(parts, this.rest());
    } catch {
      return undefined;
    }
  }

  private rest(): { readonly rest?: string } {
    return this.draw(2) === 0 ? {} : { rest: this.tag() };
  }

  /** The pattern of a value. A value met again has the pattern that it had. */
  private at(v: Value): AnyPattern {
    const known = this.known.get(v);
    if (known) return known;
    const made = this.made(v);
    this.known.set(v, made);
    return made;
  }

  private made(v: Value): AnyPattern {
    const tensor = constantOf(v);
    if (tensor && this.draw(2) === 0) return constant(this.nameOf(v));
    if (tensor?.size === 1 && tensor.dtype === 'float32') return num(tensorFloats(tensor)[0] ?? 0);
    const node = v.producer;
    const goesOn = node && v.index === 0 && this.left > 0 && (this.sampling.least || this.draw(8) !== 7);
    if (!goesOn) return value(this.nameOf(v));
    const inner = this.patternOf(node);
    if (this.sampling.plain || this.draw(6) !== 5) return inner;
    return oneOf(this.tag(), { sampled: inner, other: op(oneOfList(this.draw, similar[0] ?? []), [any]) });
  }

  private params(node: Node): Readonly<Record<string, number | readonly number[]>> {
    const params: Record<string, number | readonly number[]> = {};
    for (const name of ['axis', 'perm']) {
      const attribute = node.attributes.get(name);
      if (attribute?.type === 'int') params[name] = Number(attribute.value);
      else if (attribute?.type === 'ints') params[name] = attribute.value.map(Number);
    }
    return this.draw(2) === 0 ? params : {};
  }

  private mutated(opType: string): string {
    this.mutation -= 1;
    const others = similar.find((names) => names.includes(opType))?.filter((name) => name !== opType);
    if (!(this.mutation < 0) || !others) return opType;
    this.mutation = Number.NaN;
    return oneOfList(this.draw, others);
  }

  private nameOf(v: Value): string {
    const name = this.names.get(v) ?? `x${this.names.size}`;
    this.names.set(v, name);
    return name;
  }

  private tag(): string {
    this.tags += 1;
    return `tag${this.tags}`;
  }
}
