import {
  type DType,
  Editor,
  elementCount,
  type Graph,
  newModel,
  schemaOf,
  staticShape,
  tensorType,
  type Value,
  type ValueType,
} from '@refold/ir';
import { typeOfValue } from '../../run/value-type.ts';
import { tensorFromNd } from '../../tensor/codec.ts';
import type { NdArray, NdSequence, NdValue } from '../../tensor/nd-array.ts';
import type { ElementStyle } from './elements.ts';
import { typeText } from './type-text.ts';

/** How graphs are built, whatever they are built of. */
export interface BuildOptions {
  /** Largest size of an axis that is chosen freely. */
  readonly maxSize: number;
  /** Whether axes of size 0 are made now and then. */
  readonly zero: boolean;
  /** Element types of the data that nodes compute with; those of indices and shapes are what they must be. */
  readonly dtypes: ReadonlySet<DType>;
  /** Which elements inputs have where the operator leaves it open. */
  readonly styles: readonly ElementStyle[];
}

/** A tensor value that nodes can read, with all of its type known. */
export interface Operand {
  readonly value: Value;
  readonly dtype: DType;
  readonly dims: readonly number[];
}

/** A sequence value; the number of items is known. */
export interface SequenceOperand {
  readonly value: Value;
  readonly dtype: DType;
  readonly items: readonly (readonly number[])[];
}

export interface LocalFunction {
  readonly name: string;
  readonly given: readonly Pick<Operand, 'dtype' | 'dims'>[];
  readonly arrays: readonly NdValue[];
  readonly results: readonly (ValueType | undefined)[];
}

/** Values with more elements are not read any further. */
const MAX_ELEMENTS = 2048;

/** What all scopes of one model share. */
export class Build {
  readonly editor: Editor;
  readonly opset: number;
  readonly options: BuildOptions;
  readonly feeds: Map<string, NdValue> = new Map();
  /** Functions of the model: types of the parameters that callers choose, the other arguments, and result types. */
  readonly functions: LocalFunction[] = [];
  readonly main: Scope;

  constructor(opset: number, options: BuildOptions) {
    this.opset = opset;
    this.options = options;
    const model = newModel(new Map([['', opset]]));
    this.editor = new Editor(model);
    this.main = new Scope(this, model.graph);
  }
}

/** A graph while nodes are added to it, and what they may read: values of this graph and of those around it. */
export class Scope {
  readonly build: Build;
  readonly graph: Graph;
  /** The graph around a nested one. */
  readonly outer: Scope | undefined;
  /** Arguments that a call must give, if this is the body of a function. */
  readonly parameters: NdValue[] | undefined;
  private readonly own: Operand[] = [];
  private readonly ownSequences: SequenceOperand[] = [];

  constructor(build: Build, graph: Graph, outer?: Scope, parameters?: NdValue[]) {
    this.build = build;
    this.graph = graph;
    this.outer = outer;
    this.parameters = parameters;
  }

  /** A graph to be held by a node of this scope. */
  nested(name: string): Scope {
    return new Scope(this.build, this.build.editor.createGraph(name), this);
  }

  /** The body of a function, which sees nothing of this scope. */
  body(name: string): Scope {
    return new Scope(this.build, this.build.editor.createGraph(name), undefined, []);
  }

  /** Values at hand, the latest first; those of this graph before those around it. */
  *operands(): Iterable<Operand> {
    for (let scope: Scope | undefined = this; scope; scope = scope.outer) yield* scope.own.toReversed();
  }

  *sequences(): Iterable<SequenceOperand> {
    for (let scope: Scope | undefined = this; scope; scope = scope.outer)
      yield* scope.ownSequences.toReversed();
  }

  /** A value that is fed with `array`: an input of the main graph, or one more parameter of the function. */
  fed(array: NdArray): Operand {
    return { value: this.fedValue(array), dtype: array.dtype, dims: array.dims };
  }

  /** An input of this nested graph or function body, whose holder or caller says what it is. */
  parameter(dtype: DType, dims: readonly number[]): Operand {
    const { editor } = this.build;
    const type = tensorType(dtype, dims);
    const declared = this.parameters ? undefined : type;
    const value = editor.addInput(this.graph, { name: editor.freshName('p'), type, declared });
    const operand = { value, dtype, dims };
    this.own.push(operand);
    return operand;
  }

  fedSequence(dtype: DType, sequence: NdSequence): SequenceOperand {
    const items = sequence.items.map((item) => (item.kind === 'tensor' ? item.dims : []));
    return { value: this.fedValue(sequence), dtype, items };
  }

  /** As {@link fed}, for values that are not tensors. */
  fedValue(fed: NdValue, type: ValueType = typeOf(fed)): Value {
    const root = this.root();
    const { editor, feeds } = this.build;
    const value = editor.addInput(root.graph, {
      name: editor.freshName(root.parameters ? 'p' : 'x'),
      type,
      declared: root.parameters ? undefined : type,
    });
    if (root.parameters) root.parameters.push(fed);
    else feeds.set(value.name, fed);
    return value;
  }

  /**
   * A constant: an initializer, or the output of a `Constant` node, which is the only form in a function. Where
   * the opset has no such node for the type, it is fed.
   */
  constant(array: NdArray, asNode = false): Operand {
    const { editor } = this.build;
    const root = this.root();
    const { dtype, dims } = array;
    const tensor = tensorFromNd(array);
    const nodeFits = this.knowsConstant(dtype);
    if (root.parameters && !nodeFits) return this.fed(array);
    if (!root.parameters && !(asNode && nodeFits)) {
      return { value: editor.addConstant(this.build.main.graph, tensor, 'k'), dtype, dims };
    }
    const node = editor.createNode(
      {
        opType: 'Constant',
        inputs: [],
        outputs: [editor.freshName('k')],
        attributes: [{ name: 'value', type: 'tensor', value: tensor }],
        types: [tensorType(dtype, dims)],
      },
      { end: this.graph },
    );
    const [value] = node.outputs;
    if (!value) throw new Error('a Constant has an output');
    return { value, dtype, dims };
  }

  private knowsConstant(dtype: DType): boolean {
    const schema = schemaOf('', 'Constant', this.build.opset);
    const types = schema?.types.get(schema.outputs[0]?.type ?? '');
    return types?.includes(typeText(dtype)) ?? false;
  }

  /** Lets later nodes read a value, if its type is fully known and it is not large. */
  keep(value: Value): Operand | undefined {
    const { type } = value;
    if (type?.kind !== 'tensor') return undefined;
    const dims = staticShape(type.shape);
    if (!dims || elementCount(dims) > MAX_ELEMENTS || dims.length > 6) return undefined;
    const operand = { value, dtype: type.dtype, dims };
    this.own.push(operand);
    return operand;
  }

  keepSequence(sequence: SequenceOperand): void {
    this.ownSequences.push(sequence);
  }

  /** The main graph, or the body of the function that this graph is in. */
  private root(): Scope {
    let scope: Scope = this;
    while (scope.outer) scope = scope.outer;
    return scope;
  }
}

/** The type of a value; items of a sequence may differ in shape. */
function typeOf(value: NdValue): ValueType {
  const type = typeOfValue(value);
  if (type.kind !== 'sequence' || type.of?.kind !== 'tensor') return type;
  return { kind: 'sequence', of: tensorType(type.of.dtype) };
}
