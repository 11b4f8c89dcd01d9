import {
  type Attribute,
  type DType,
  Editor,
  type Graph,
  inferNode,
  isFloat,
  isInteger,
  type Model,
  type Node,
  newModel,
  type ParamValue,
  staticShape,
  type Tensor,
  tensorType,
  type Value,
} from '@refold/ir';
import type { DTypeClass, InstanceHint, PatternData } from '@refold/matcher';
import type { Choices } from '@refold/runtime/testing/choices';
import { NoInstance } from '../no-instance.ts';
import { Sizes } from './sizes.ts';

/** What an instance is drawn from. */
export interface DraftOptions {
  readonly choices: Choices;
  readonly opset: number;
  readonly dtype: DType;
  readonly hint: InstanceHint;
  /** Sizes may be 1. */
  readonly ones: boolean;
}

/** What one node of a chain, or what stands outside of chains, has bound. */
interface Scope {
  /** Names that live here; all others live outside. Undefined for the outermost. */
  readonly names: ReadonlySet<string> | undefined;
  readonly values: Map<string, Value>;
  readonly params: Map<string, ParamValue>;
  readonly built: Map<PatternData, Built>;
  /** What stands in the place of the chain's hole. */
  readonly hole: Value | undefined;
}

/** A part of the pattern that is made already. */
export interface Built {
  readonly value: Value;
  readonly nodes: readonly Node[];
}

/** An instance of a pattern while it is made. */
export class Draft {
  readonly model: Model;
  readonly editor: Editor;
  readonly choices: Choices;
  readonly opset: number;
  readonly dtype: DType;
  readonly hint: InstanceHint;
  readonly sizes: Sizes;
  /** Where nodes go: the main graph, or a nested one. */
  readonly graph: Graph;
  /** Nodes in the order in which they were made. */
  readonly nodes: Node[] = [];
  /** Results of a pattern of several roots. */
  readonly roots: Value[] = [];
  private readonly scopes: Scope[] = [];

  constructor(options: DraftOptions, nested: boolean) {
    this.model = newModel(new Map([['', options.opset]]));
    this.editor = new Editor(this.model);
    this.choices = options.choices;
    this.opset = options.opset;
    this.dtype = options.dtype;
    this.hint = options.hint;
    this.sizes = new Sizes(options.choices, options.hint, options.ones);
    this.graph = nested ? this.editor.createGraph('inner') : this.model.graph;
    this.enter(undefined, undefined);
  }

  enter(names: ReadonlySet<string> | undefined, hole: Value | undefined): void {
    this.scopes.push({ names, hole, values: new Map(), params: new Map(), built: new Map() });
  }

  leave(): void {
    this.scopes.pop();
  }

  /** The innermost scope. */
  get scope(): Scope {
    const scope = this.scopes.at(-1);
    if (!scope) throw new NoInstance('no scope');
    return scope;
  }

  /** The scope in which a capture lives. */
  scopeOf(name: string): Scope {
    const own = this.scopes.findLast((scope) => scope.names === undefined || scope.names.has(name));
    return own ?? this.scope;
  }

  /** What the hint says of a capture. */
  valueHint(name: string | undefined): ParamValue {
    return name === undefined ? undefined : new Map(Object.entries(this.hint.values ?? {})).get(name);
  }

  shapeHint(name: string | undefined): readonly number[] | undefined {
    const named = name === undefined ? undefined : new Map(Object.entries(this.hint.shapes ?? {})).get(name);
    return named && this.sizes.shape(named);
  }

  /** The dtype of the instance if it is of a class, else one that is. */
  dtypeOf(test: DTypeClass | readonly DTypeClass[] | undefined): DType {
    if (test === undefined || isOfClass(this.dtype, test)) return this.dtype;
    const found = allDTypes.find((dtype) => isOfClass(dtype, test));
    if (!found) throw new NoInstance('no dtype is of the class asked for');
    return found;
  }

  input(name: string, dtype: DType, dims: readonly number[]): Value {
    const type = tensorType(dtype, dims);
    const fresh = this.editor.freshName(name);
    return this.editor.addInput(this.model.graph, { name: fresh, type, declared: type });
  }

  initializer(tensor: Tensor, hint: string): Value {
    return this.editor.addConstant(this.model.graph, tensor, hint);
  }

  /** A node with one output. */
  node(op: string, inputs: readonly (Value | undefined)[], attributes: readonly Attribute[] = []): Value {
    const value = this.nodeN(op, 1, inputs, attributes).outputs[0];
    if (!value) throw new NoInstance(`${op} has no output`);
    return value;
  }

  nodeN(
    opType: string,
    outputs: number,
    inputs: readonly (Value | undefined)[],
    attributes: readonly Attribute[],
    domain = '',
  ): Node {
    const names = new Array<string>(outputs).fill('');
    const node = this.editor.createNode(
      { opType, domain, inputs, outputs: names, attributes },
      { end: this.graph },
    );
    inferNode(this.editor, node, (error) => {
      throw new NoInstance(error.message);
    });
    this.nodes.push(node);
    return node;
  }
}

/** Types that are drawn, the likeliest first. */
export const allDTypes: readonly DType[] = [
  ...(['float32', 'float16', 'int64', 'float64', 'bfloat16', 'int32', 'bool', 'uint8', 'int8'] as const),
];

export function isOfClass(dtype: DType, wanted: DTypeClass | readonly DTypeClass[]): boolean {
  if (typeof wanted !== 'string') return wanted.some((w) => isOfClass(dtype, w));
  if (wanted === 'float') return isFloat(dtype);
  if (wanted === 'integer') return isInteger(dtype);
  if (wanted === 'number') return isFloat(dtype) || isInteger(dtype);
  if (wanted === 'signed') return isInteger(dtype) && !dtype.startsWith('u');
  return wanted === 'unsigned' ? isInteger(dtype) && dtype.startsWith('u') : dtype === wanted;
}

/** Sizes of a value. */
export function dimsOf(value: Value): readonly number[] {
  const dims = value.type?.kind === 'tensor' ? staticShape(value.type.shape) : undefined;
  if (!dims) throw new NoInstance(`no shape for ${value.name}`);
  return dims;
}

export function dtypeOf(value: Value): DType {
  if (value.type?.kind !== 'tensor') throw new NoInstance(`${value.name} is not a tensor`);
  return value.type.dtype;
}
