import {
  type DType,
  type Editor,
  type Graph,
  inferNode,
  type Node,
  Tensor,
  tensorOf,
  type Value,
} from '@refold/ir';
import { attributesFor, type Params } from './attributes.ts';
import { reaches } from './calls.ts';
import { schemaForEmission } from './emission.ts';
import type { Emission } from './rule.ts';
import { Refusal } from './verdict.ts';

/** Options of `Builder.node`. */
export interface BuildOptions {
  /** Standard domain when absent. */
  readonly domain?: string;
  /** Which overload of a model function is called. */
  readonly overload?: string;
}

/** Elements of a new constant. */
export type ConstantData = number | bigint | ArrayLike<number | bigint> | readonly string[];

/**
 * The only way in which a rule makes nodes. Operators, attributes and dtypes are checked against the opset in
 * force, types are inferred at once, names are fresh, and all of it is taken back when the rewrite is refused.
 */
export interface Builder {
  /** A node with one output; `params` are attributes by their name in the schema. */
  node(op: string, inputs: readonly (Value | undefined)[], params?: Params, options?: BuildOptions): Value;
  /** A node with several outputs. */
  nodeN(
    op: string,
    outputs: number,
    inputs: readonly (Value | undefined)[],
    params?: Params,
    options?: BuildOptions,
  ): readonly Value[];
  /** A constant; `hint` is its name if that is free. A list without `dims` is one dimension, a number none. */
  constant(tensor: Tensor, hint?: string): Value;
  constant(data: ConstantData, dtype: DType, dims?: readonly number[], hint?: string): Value;
  /** An int64 vector, as shapes and axes are. */
  ints(elements: readonly (number | bigint)[], hint?: string): Value;
  /**
   * Also puts `by` in the place of `value`, which need not belong to the match, under the same checks as the
   * root.
   */
  replace(value: Value, by: Value): void;
  /** Notes why the rule does nothing here, for it to return: `return b.refuse('rank')`. */
  refuse(reason: string, about?: string): undefined;
  /** Gives the rewrite up from anywhere, which costs more; what was built is dropped. */
  fail(reason: string, about?: string): never;
}

/** @internal The builder of one rewrite, and what it has made. */
export class GraphBuilder implements Builder {
  /** Nodes made by the rule, in order. */
  readonly created: Node[] = [];
  /** Constants made by the rule. */
  readonly constants: Value[] = [];
  /** Values to be replaced beside the root. */
  replacements: Map<Value, Value> | undefined;
  /** Why the rule does nothing, if it has said so. */
  refusal: Refusal | undefined;
  private readonly editor: Editor;
  private readonly graph: Graph;
  private readonly before: Node;
  private readonly emits: readonly Emission[] | undefined;

  /** New nodes are put before `before`, for the time being. */
  constructor(editor: Editor, graph: Graph, before: Node, emits: readonly Emission[] | undefined) {
    this.editor = editor;
    this.graph = graph;
    this.before = before;
    this.emits = emits;
  }

  node(op: string, inputs: readonly (Value | undefined)[], params?: Params, options?: BuildOptions): Value {
    const [value] = this.nodeN(op, 1, inputs, params, options);
    if (!value) throw new Refusal('no-output', op);
    return value;
  }

  nodeN(
    op: string,
    outputs: number,
    inputs: readonly (Value | undefined)[],
    params: Params = {},
    options: BuildOptions = {},
  ): readonly Value[] {
    const { domain = '', overload = '' } = options;
    if (this.emits && !this.emits.some((e) => e.op === op && (e.domain ?? '') === domain)) {
      throw new Refusal('emission-not-declared', op);
    }
    const call = this.functionNamed(op, domain, overload);
    const schema = call ? undefined : schemaForEmission(this.graph, { op, domain, inputs, outputs });
    const node = this.editor.createNode(
      {
        opType: op,
        domain,
        overload,
        inputs: withoutTrailing(inputs),
        outputs: new Array<string>(outputs).fill(''),
        attributes: attributesFor(schema, op, params),
      },
      { before: this.before },
    );
    this.created.push(node);
    inferNode(this.editor, node, (error) => {
      throw new Refusal('invalid-node', error.message);
    });
    return node.outputs.filter((o) => o !== undefined);
  }

  /** Whether the node would call a function of the model. One that shadows an operator is not what the rule means. */
  private functionNamed(op: string, domain: string, overload: string): boolean {
    for (const fn of this.graph.model.functions.values()) {
      if (fn.name !== op || fn.domain !== domain || fn.overload !== overload) continue;
      if (domain === '') throw new Refusal('op-is-shadowed', op);
      if (this.graph.inFunction && reaches(fn, this.graph.root)) throw new Refusal('recursive-call', op);
      return true;
    }
    return false;
  }

  constant(tensor: Tensor, hint?: string): Value;
  constant(data: ConstantData, dtype: DType, dims?: readonly number[], hint?: string): Value;
  constant(
    data: Tensor | ConstantData,
    dtypeOrHint?: string,
    dims?: readonly number[],
    hint?: string,
  ): Value {
    if (data instanceof Tensor) return this.addConstant(data, dtypeOrHint);
    const elements = typeof data === 'number' || typeof data === 'bigint' ? [data] : data;
    const shape = dims ?? (typeof data === 'object' ? [elements.length] : []);
    // The overloads leave nothing but a dtype here.
    return this.addConstant(tensorOf(dtypeOrHint as DType, shape, elements), hint);
  }

  ints(elements: readonly (number | bigint)[], hint?: string): Value {
    return this.constant(elements, 'int64', [elements.length], hint);
  }

  private addConstant(tensor: Tensor, hint: string | undefined): Value {
    const value = this.editor.addConstant(this.graph, tensor, hint);
    this.constants.push(value);
    return value;
  }

  replace(value: Value, by: Value): void {
    this.replacements ??= new Map();
    this.replacements.set(value, by);
  }

  refuse(reason: string, about?: string): undefined {
    this.refusal = new Refusal(reason, about);
  }

  fail(reason: string, about?: string): never {
    throw new Refusal(reason, about);
  }
}

function withoutTrailing(inputs: readonly (Value | undefined)[]): readonly (Value | undefined)[] {
  let count = inputs.length;
  while (count > 0 && inputs[count - 1] === undefined) count -= 1;
  return count === inputs.length ? inputs : inputs.slice(0, count);
}
