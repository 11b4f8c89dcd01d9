import {
  constantTensor,
  dtypeOf,
  type Graph,
  type Node,
  type OperatorSchema,
  type Parameter,
  schemaOf,
  type Value,
} from '@refold/ir';
import { DisjointSets } from '../classes/union-find.ts';
import type { HalfType } from './half-type.ts';
import { wiresOf } from './wires.ts';

/** Why something stays in float32. */
export type KeepReason =
  /** Inputs and outputs of the model. */
  | 'interface'
  /** The operator has no such type, or its result has a type that is stated. */
  | 'operator'
  /** Asked for, or in the list of what loses too much. */
  | 'kept'
  /** Numbers that were seen do not fit. */
  | 'range'
  /** A constant would vanish or overflow. */
  | 'constant';

/**
 * What must have one element type: the operands and results of a node that share a type parameter of its operator, and
 * what nested graphs hand in and out. Between a definition and a use, types may differ: there goes a `Cast`.
 */
export class TypeVariables {
  private readonly to: HalfType;
  private count = 0;
  private readonly unions: (readonly [number, number])[] = [];
  private readonly pins = new Map<number, KeepReason>();
  private readonly definitionVariables = new Map<Value, number>();
  private readonly uses = new Map<Node, Map<number, number>>();
  private readonly ofNode = new Map<Node, number[]>();
  private sets = new DisjointSets(0);
  private kept: ReadonlyMap<number, KeepReason> = new Map();

  /** @param io whether the inputs of the model may have the half type, too. */
  constructor(graphs: readonly Graph[], to: HalfType, io: boolean) {
    this.to = to;
    for (const graph of graphs) {
      const free = io || graph.owner?.kind === 'node';
      for (const input of graph.inputs) this.define(input, free ? this.fresh() : this.pinned('interface'));
      for (const node of graph.nodes()) this.addNode(node);
    }
    for (const graph of graphs) for (const node of graph.nodes()) this.wire(node);
  }

  /** Keeps what a node computes and reads in float32. */
  keepNode(node: Node, reason: KeepReason): void {
    for (const variable of this.ofNode.get(node) ?? []) this.pin(variable, reason);
  }

  /** Keeps a value in float32 where it is defined and where it is read. */
  keepValue(value: Value, reason: KeepReason): void {
    this.pin(this.definitionVariables.get(value), reason);
    for (const { node, index } of value.uses()) if (node) this.keepUse(node, index, reason);
  }

  keepUse(node: Node, index: number, reason: KeepReason): void {
    this.pin(this.uses.get(node)?.get(index), reason);
  }

  /** Closes the classes; to be called when everything that is kept is known. */
  close(): void {
    this.sets = new DisjointSets(this.count);
    for (const [a, b] of this.unions) this.sets.unite(a, b);
    const kept = new Map<number, KeepReason>();
    for (const [variable, reason] of this.pins) {
      const root = this.sets.rootOf(variable);
      if (!kept.has(root)) kept.set(root, reason);
    }
    this.kept = kept;
  }

  /** Values that nodes and graphs define as float32, constants not among them. */
  definitions(): Iterable<Value> {
    return this.definitionVariables.keys();
  }

  /** Whether a value is to have the half type where it is defined. */
  isHalf(value: Value): boolean {
    const variable = this.definitionVariables.get(value);
    return variable !== undefined && !this.kept.has(this.sets.rootOf(variable));
  }

  /** Whether an operand is to have it; undefined when it is no float32. */
  wantsHalf(node: Node, index: number): boolean | undefined {
    const variable = this.uses.get(node)?.get(index);
    return variable === undefined ? undefined : !this.kept.has(this.sets.rootOf(variable));
  }

  /** Why a node stays in float32, wholly or in part; undefined when it does not. */
  reasonOf(node: Node): KeepReason | undefined {
    for (const variable of this.ofNode.get(node) ?? []) {
      const reason = this.kept.get(this.sets.rootOf(variable));
      if (reason) return reason;
    }
    return undefined;
  }

  private addNode(node: Node): void {
    if (node.graphs.length > 0) {
      for (const value of node.outputs) this.define(value, this.fresh());
      return;
    }
    const schema = schemaFor(node);
    const groups = new Map<string, number>();
    const given = new Set(
      node.inputs.flatMap((v, i) => (isFloat(v) ? (parameterAt(schema?.inputs, i)?.type ?? '') : [])),
    );
    const variableOf = (parameter: Parameter | undefined): number => {
      if (!parameter || !schema?.types.get(parameter.type)?.includes(`tensor(${this.to})`))
        return this.pinned('operator');
      if (parameter.option === 'variadic' && !parameter.homogeneous) return this.pinned('operator');
      const known = groups.get(parameter.type);
      if (known !== undefined) return known;
      // A cast from the half type to float32 is there for a reason.
      const decided = given.has(parameter.type) || (node.is('Cast') && dtypeOf(node.inputs[0]) !== this.to);
      const made = decided ? this.fresh() : this.pinned('operator');
      groups.set(parameter.type, made);
      return made;
    };
    const variables: number[] = [];
    node.inputs.forEach((value, i) => {
      // These take whatever comes.
      if (isFloat(value) && !takesAny.has(node.opType))
        variables.push(this.use(node, i, variableOf(parameterAt(schema?.inputs, i))));
    });
    node.outputs.forEach((value, i) => {
      if (isFloat(value)) variables.push(this.define(value, variableOf(parameterAt(schema?.outputs, i))));
    });
    // Sequences keep the type of their items.
    const holdsMore = [...node.inputs, ...node.outputs].some((v) => v && v.type?.kind !== 'tensor');
    this.ofNode.set(node, variables);
    if (holdsMore) this.keepNode(node, 'operator');
  }

  /** Nodes with nested graphs hand values in and out as they are. */
  private wire(node: Node): void {
    if (node.graphs.length === 0) return;
    const { wires, understood } = wiresOf(node);
    const variables: number[] = node.outputs.flatMap((v) => (v && this.definitionVariables.get(v)) ?? []);
    node.inputs.forEach((value, i) => {
      if (isFloat(value)) variables.push(this.use(node, i, this.fresh()));
    });
    this.ofNode.set(node, variables);
    if (!understood) this.keepNode(node, 'operator');
    for (const { from, to } of wires) {
      const [a, b] = [this.end(node, from), this.end(node, to)];
      if (a !== undefined && b !== undefined) this.unions.push([a, b]);
      // Constants, and what is no float32 tensor for sure, stay as they are.
      else this.pin(a ?? b, 'operator');
    }
    for (const graph of understood ? [] : node.graphs) {
      for (const value of [...graph.inputs, ...graph.outputs])
        this.pin(this.definitionVariables.get(value), 'operator');
    }
  }

  private end(node: Node, end: Value | number): number | undefined {
    return typeof end === 'number' ? this.uses.get(node)?.get(end) : this.definitionVariables.get(end);
  }

  private define(value: Value | undefined, variable: number): number {
    if (value && isFloat(value) && !constantTensor(value)) this.definitionVariables.set(value, variable);
    return variable;
  }

  private use(node: Node, index: number, variable: number): number {
    const known = this.uses.get(node);
    if (known) known.set(index, variable);
    else this.uses.set(node, new Map([[index, variable]]));
    return variable;
  }

  private fresh(): number {
    this.count += 1;
    return this.count - 1;
  }

  private pinned(reason: KeepReason): number {
    const made = this.fresh();
    this.pins.set(made, reason);
    return made;
  }

  private pin(variable: number | undefined, reason: KeepReason): void {
    if (variable !== undefined && !this.pins.has(variable)) this.pins.set(variable, reason);
  }
}

/** Operators to which the type of their operand does not matter. */
const takesAny: ReadonlySet<string> = new Set(['Cast', 'Shape', 'Size']);

function isFloat(value: Value | undefined): value is Value {
  return dtypeOf(value) === 'float32';
}

function schemaFor(node: Node): OperatorSchema | undefined {
  const { graph } = node;
  if (!graph || graph.model.functionOf(node)) return undefined;
  const opset = graph.opset(node.domain);
  return opset === undefined ? undefined : schemaOf(node.domain, node.opType, opset);
}

/** The last parameter may be variadic. */
function parameterAt(parameters: readonly Parameter[] | undefined, index: number): Parameter | undefined {
  const last = parameters?.at(-1);
  return parameters?.[index] ?? (last?.option === 'variadic' ? last : undefined);
}
