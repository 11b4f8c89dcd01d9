import {
  constantTensor,
  dtypeCode,
  dtypeOf,
  type Editor,
  type Graph,
  inferModel,
  type Node,
  outputOf,
  shapeOf,
  type Tensor,
  tensorType,
  type Value,
} from '@refold/ir';
import { dropUnread } from '../../support/drop-unread.ts';
import { leadingToSoftmax } from '../constraints/fillings.ts';
import { placeBehind } from '../layers/place-behind.ts';
import type { Histogram } from '../statistics/histogram.ts';
import { halfConstant, LARGEST_FILLING } from './half-constant.ts';
import { fitsHalf, type HalfType } from './half-type.ts';
import { losesMuch } from './keep-list.ts';
import { type KeepReason, TypeVariables } from './variables.ts';

/** What `convertToHalf` converts float32 to, and what it leaves. */
export interface HalfOptions {
  /** `float16` when absent. */
  readonly to?: HalfType;
  /** Nodes that stay in float32, besides those that lose much; see `losesMuch`. */
  readonly keep?: (node: Node) => boolean;
  /** What was seen of values; without it, only constants are looked at. */
  readonly seen?: (value: Value) => Histogram | undefined;
  /** Whether float32 inputs and outputs of the model get the type, too; false when absent. */
  readonly io?: boolean;
}

/** What `convertToHalf` did. */
export interface HalfReport {
  /** Nodes that compute with 16 bits. */
  readonly converted: readonly Node[];
  /** Nodes that stay in float32, and why. */
  readonly kept: readonly { readonly node: Node; readonly reason: KeepReason }[];
  readonly casts: number;
  /** Constants of 16 bits. */
  readonly constants: number;
}

/**
 * Converts a model from float32 to float16 or bfloat16 in place. What must have one type, by the types of operators and
 * by what nested graphs hand in and out, is a class; a class stays in float32 if anything in it must. `Cast` goes
 * where classes meet, once for each value, and nowhere else. The signature of the model stays, unless `io` is set.
 * Functions are left alone: inline them first.
 */
export function convertToHalf(editor: Editor, options: HalfOptions = {}): HalfReport {
  const { to = 'float16' } = options;
  inferModel(editor);
  const graphs = [...editor.model.graphs()].filter((g) => !g.inFunction);
  const decision = decide(graphs, to, options);
  return editor.transact(() => new HalfConversion(editor, options, decision).run(graphs));
}

interface Decision {
  readonly variables: TypeVariables;
  /** The constants that bear 16 bits. */
  readonly halves: ReadonlyMap<Value, Tensor>;
}

function decide(graphs: readonly Graph[], to: HalfType, { keep, seen, io = false }: HalfOptions): Decision {
  const variables = new TypeVariables(graphs, to, io);
  const scores = leadingToSoftmax(graphs.flatMap((graph) => [...graph.nodes()]));
  for (const value of variables.definitions()) {
    const all = seen?.(value);
    // Fillings of masks are as good when they are the lowest finite number.
    const histogram = all && scores.has(value) ? all.above(LARGEST_FILLING) : all;
    if (histogram && !fitsHalf(histogram, to)) variables.keepValue(value, 'range');
  }
  const halves = new Map<Value, Tensor | undefined>();
  for (const graph of graphs) {
    for (const node of graph.nodes()) {
      if (keep?.(node) || losesMuch(node)) variables.keepNode(node, 'kept');
      for (const [index, value] of node.inputs.entries()) {
        const tensor = value && constantTensor(value);
        if (!value || tensor?.dtype !== 'float32') continue;
        if (!halves.has(value)) halves.set(value, halfConstant(tensor, to, isBound(value)));
        if (!halves.get(value)) variables.keepUse(node, index, 'constant');
      }
    }
  }
  variables.close();
  return {
    variables,
    halves: new Map([...halves].flatMap(([v, t]): [Value, Tensor][] => (t ? [[v, t]] : []))),
  };
}

/** Whether a constant only bounds what `Clip` gives: numbers of the half type have bounds of their own. */
function isBound(value: Value): boolean {
  return [...value.uses()].every(({ node, index }) => index > 0 && node?.is('Clip') === true);
}

/** Writes what was decided. */
class HalfConversion {
  private readonly editor: Editor;
  private readonly to: HalfType;
  private readonly io: boolean;
  private readonly variables: TypeVariables;
  private readonly halves: ReadonlyMap<Value, Tensor>;
  private readonly constants = new Map<Value, Value>();
  private readonly casts = new Map<Value, Value>();

  constructor(editor: Editor, { to = 'float16', io = false }: HalfOptions, { variables, halves }: Decision) {
    this.editor = editor;
    this.to = to;
    this.io = io;
    this.variables = variables;
    this.halves = halves;
  }

  run(graphs: readonly Graph[]): HalfReport {
    const nodes = graphs.flatMap((graph) => [...graph.nodes()]);
    const halves = [...this.variables.definitions()].filter((value) => this.variables.isHalf(value));
    for (const value of halves) this.retype(value);
    for (const node of nodes) this.convertOperands(node);
    this.convertOutputs(this.editor.model.graph);
    for (const value of this.constants.keys()) dropUnread(this.editor, value);
    const kept = nodes.flatMap((node) => {
      const reason = this.variables.reasonOf(node);
      return reason ? [{ node, reason }] : [];
    });
    const converted = new Set(halves.flatMap((value) => value.producer ?? []));
    return { converted: [...converted], kept, casts: this.casts.size, constants: this.constants.size };
  }

  private retype(value: Value): void {
    this.editor.setType(value, tensorType(this.to, shapeOf(value)));
    const { producer } = value;
    if (producer?.is('Cast'))
      this.editor.setAttribute(producer, { name: 'to', type: 'int', value: dtypeCode(this.to) });
  }

  private convertOperands(node: Node): void {
    for (const [index, value] of node.inputs.entries()) {
      const half = this.variables.wantsHalf(node, index);
      if (!value || half === undefined) continue;
      const constant = constantTensor(value);
      if (constant && half) this.editor.setOperand(node, index, this.constant(value));
      else if (!constant && half !== this.variables.isHalf(value))
        this.editor.setOperand(node, index, this.cast(value));
    }
  }

  /** Outputs of the model keep their names and, if not asked otherwise, float32. */
  private convertOutputs(graph: Graph): void {
    for (const [index, value] of graph.outputs.entries()) {
      const half = this.variables.isHalf(value);
      if (half && this.io && value.declared) this.editor.setDeclared(value, value.type);
      if (half === this.io || !(half || dtypeOf(value) === 'float32')) continue;
      const { name } = value;
      const cast = this.cast(value);
      this.editor.setOutput(graph, index, cast);
      if (cast.name === name) continue;
      this.editor.rename(value, this.editor.freshName(`${name}_${dtypeOf(value)}`));
      this.editor.rename(cast, name);
    }
  }

  /** The value in the other type: one `Cast`, right behind its definition. */
  private cast(value: Value): Value {
    const known = this.casts.get(value);
    if (known) return known;
    const dtype = this.variables.isHalf(value) ? 'float32' : this.to;
    const node = this.editor.createNode(
      {
        opType: 'Cast',
        inputs: [value],
        outputs: [this.editor.freshName(`${value.name}_${dtype}`)],
        types: [tensorType(dtype, shapeOf(value))],
        attributes: [{ name: 'to', type: 'int', value: dtypeCode(dtype) }],
      },
      placeBehind(value),
    );
    const made = outputOf(node);
    this.casts.set(value, made);
    return made;
  }

  private constant(value: Value): Value {
    const known = this.constants.get(value);
    if (known) return known;
    const half = this.halves.get(value);
    const graph = value.graph ?? value.producer?.graph;
    if (!half || !graph) return value;
    const made = this.editor.addConstant(graph, half, `${value.name}_${this.to}`);
    this.constants.set(value, made);
    return made;
  }
}
