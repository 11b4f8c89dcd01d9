import { type DType, elementCount, inferNode, isInteger, type OperatorSchema, type Value } from '@refold/ir';
import { Random } from '../../run/random.ts';
import type { NdArray } from '../../tensor/nd-array.ts';
import { fromReals } from '../../tensor/reals.ts';
import { type AttributeValue, attributesOf } from './attributes.ts';
import type { Choices } from './choices.ts';
import { drawElements, type Fill } from './elements.ts';
import { Misfit } from './misfit.ts';
import type { Operand, Scope, SequenceOperand } from './scope.ts';
import { dtypeOfText } from './type-text.ts';

/** What an operand must be. */
export interface Want {
  /** Least and most axes; 0 to 4 when absent. */
  readonly rank?: readonly [number, number];
  /** What sizes must be, of a value that is there already. */
  readonly fits?: (dims: readonly number[]) => boolean;
  /** Sizes of a new value; they must fit. */
  readonly dims?: () => readonly number[];
  /** Elements, which only a new value can promise. */
  readonly fill?: Fill;
}

/** The place where a node is to be: an operator, the values at hand, and the choices that are left. */
export class Site {
  readonly scope: Scope;
  readonly schema: OperatorSchema;
  readonly choices: Choices;
  /** Makes the nested graph of a control operator: its inputs are given, its outputs are what it answers. */
  readonly grow: (scope: Scope, index: number) => void;

  constructor(
    scope: Scope,
    schema: OperatorSchema,
    choices: Choices,
    grow: (scope: Scope, index: number) => void,
  ) {
    this.scope = scope;
    this.schema = schema;
    this.choices = choices;
    this.grow = grow;
  }

  /** `since_version` of the operator. */
  get version(): number {
    return this.schema.since;
  }

  has(attribute: string): boolean {
    return this.schema.attributes.has(attribute);
  }

  // ---------------------------------------------------------------- types

  /** Element types that input `index` may have. */
  types(index: number): readonly DType[] {
    const parameter = this.schema.inputs[Math.min(index, this.schema.inputs.length - 1)];
    return this.typesOf(parameter?.type ?? '');
  }

  /** Element types that a type parameter of the schema stands for. */
  typesOf(parameter: string): readonly DType[] {
    const texts = this.schema.types.get(parameter) ?? [parameter];
    return texts.map(dtypeOfText).filter((d) => d !== undefined);
  }

  /** Those of some types that data of this model may have. */
  data(types: readonly DType[]): readonly DType[] {
    const allowed = types.filter((d) => this.scope.build.options.dtypes.has(d));
    if (allowed.length === 0) throw new Misfit(`${this.schema.name} takes no type that is wanted`);
    return allowed;
  }

  /** One of some types, float32 oftener than others. */
  dtype(types: readonly DType[]): DType {
    const often = this.choices.below(5) < 2;
    return often && types.includes('float32') ? 'float32' : this.choices.of(types);
  }

  // ---------------------------------------------------------------- sizes

  /** A size of at least `low`, and 0 now and then where that is allowed. */
  size(low = 1): number {
    const { maxSize, zero } = this.scope.build.options;
    if (zero && low <= 1 && this.choices.rarely(40)) return 0;
    return this.choices.between(low, Math.max(low, maxSize));
  }

  /** Sizes of at least 1 each. */
  sizes(rank: number, low = 1): readonly number[] {
    const { maxSize } = this.scope.build.options;
    return Array.from({ length: rank }, () => this.choices.between(low, Math.max(low, maxSize)));
  }

  dims(rank: readonly [number, number] = [0, 4]): readonly number[] {
    const count = this.choices.between(rank[0], rank[1]);
    return Array.from({ length: count }, () => this.size());
  }

  /** An axis of a tensor with axes, counted from either end. */
  axis(rank: number): number {
    const axis = this.choices.below(rank);
    return this.choices.rarely(3) ? axis - rank : axis;
  }

  /** Sizes that broadcast with some others: fewer axes, or 1 in places; now and then another size against a 1. */
  broadcasting(dims: readonly number[]): readonly number[] {
    const rank = this.choices.rarely(3) ? this.choices.between(0, dims.length) : dims.length;
    const tail = dims.slice(dims.length - rank);
    return tail.map((d) =>
      d === 1 && this.choices.rarely(3) ? this.size() : this.choices.rarely(3) ? 1 : d,
    );
  }

  // ---------------------------------------------------------------- operands

  /** A value at hand that fits, or a new one. */
  value(types: readonly DType[], want: Want = {}): Operand {
    const [low, high] = want.rank ?? [0, 4];
    if (want.fill === undefined) {
      const found = this.atHand(
        ({ dtype, dims }) =>
          types.includes(dtype) &&
          dims.length >= low &&
          dims.length <= high &&
          (want.fits?.(dims) ?? want.dims === undefined),
      );
      if (found) return found;
    }
    const dims = want.dims?.() ?? this.fitting(want);
    return this.fresh(this.dtype(types), dims, want.fill);
  }

  /** Free sizes that fit. */
  private fitting({ rank, fits }: Want): readonly number[] {
    for (let tries = 0; tries < 8; tries += 1) {
      const dims = this.dims(rank);
      if (fits?.(dims) ?? true) return dims;
    }
    const count = rank?.[0] ?? 1;
    const dims = new Array<number>(count).fill(1);
    if (!(fits?.(dims) ?? true)) throw new Misfit(`no sizes fit ${this.schema.name}`);
    return dims;
  }

  /** One of the latest values that pass a test, but not always. */
  private atHand(test: (operand: Operand) => boolean): Operand | undefined {
    const found: Operand[] = [];
    for (const operand of this.scope.operands()) {
      if (test(operand)) found.push(operand);
      if (found.length === 4) break;
    }
    if (found.length === 0 || this.choices.rarely(4)) return undefined;
    return this.choices.of(found);
  }

  /** A value of exactly one type, at hand or new. */
  like(dtype: DType, dims: readonly number[], fill?: Fill): Operand {
    const same = (d: readonly number[]): boolean =>
      d.length === dims.length && d.every((x, i) => x === dims[i]);
    return this.value([dtype], {
      rank: [dims.length, dims.length],
      fits: same,
      dims: () => dims,
      ...(fill === undefined ? {} : { fill }),
    });
  }

  /** A value that broadcasts with another one. */
  partner(other: Operand, fill?: Fill, dtype: DType = other.dtype): Operand {
    return this.value([dtype], {
      fits: (dims) => broadcasts(dims, other.dims),
      dims: () => this.broadcasting(other.dims),
      ...(fill === undefined ? {} : { fill }),
    });
  }

  /** A new value: an input, an initializer, or a constant of a node. */
  fresh(dtype: DType, dims: readonly number[], fill?: Fill): Operand {
    const array = this.array(dtype, dims, fill);
    const place = this.choices.below(5);
    return place < 3 ? this.scope.fed(array) : this.scope.constant(array, place === 4);
  }

  /** An array of elements that nothing else decides. */
  array(dtype: DType, dims: readonly number[], fill?: Fill): NdArray {
    const style = fill ?? this.choices.of(this.scope.build.options.styles);
    return drawElements(dtype, dims, style, new Random(this.choices.below(1 << 16)));
  }

  /** Integers or floats that decide what the node does. Mostly constant, so that more is known of its result. */
  known(dtype: DType, dims: readonly number[], numbers: readonly number[]): Operand {
    const array = fromReals(dtype, dims, numbers);
    const place = this.choices.below(10);
    return place === 9 ? this.scope.fed(array) : this.scope.constant(array, place === 8);
  }

  /** A list of int64. */
  ints(numbers: readonly number[]): Operand {
    return this.known('int64', [numbers.length], numbers);
  }

  /** A sequence at hand, or a new one, of at least `least` items. */
  sequence(types: readonly DType[], least = 0, alike = false): SequenceOperand {
    for (const sequence of this.scope.sequences()) {
      const { items } = sequence;
      const fits = !alike || items.every((dims) => dims.join() === items[0]?.join());
      if (types.includes(sequence.dtype) && items.length >= least && fits) return sequence;
    }
    const dtype = this.dtype(types);
    const dims = this.dims([1, 3]);
    const count = this.choices.between(Math.max(1, least), Math.max(1, least) + 2);
    const items = Array.from({ length: count }, () =>
      this.array(dtype, alike || this.choices.flag() ? dims : this.dims([1, 3])),
    );
    return this.scope.fedSequence(dtype, { kind: 'sequence', items });
  }

  /** A plain number for a float attribute, or none. */
  float(low = -2, high = 2): number | undefined {
    return this.choices.flag() ? low + ((high - low) * this.choices.below(17)) / 16 : undefined;
  }

  flag(): number | undefined {
    const k = this.choices.below(3);
    return k === 0 ? undefined : k - 1;
  }

  maybe<T>(make: () => T): T | undefined {
    return this.choices.flag() ? make() : undefined;
  }

  // ---------------------------------------------------------------- the node

  /**
   * Adds the node. Trailing absent inputs are left out; attributes that are undefined or not the operator's
   * are too. Throws ModelError when inference finds the node invalid.
   */
  node(
    inputs: readonly (Operand | SequenceOperand | Value | undefined)[],
    attributes: Readonly<Record<string, AttributeValue | undefined>> = {},
    outputs: number | readonly boolean[] = 1,
  ): readonly (Value | undefined)[] {
    const { editor } = this.scope.build;
    const wanted = typeof outputs === 'number' ? new Array<boolean>(outputs).fill(true) : outputs;
    const values = inputs.map((input) => (input && 'value' in input ? input.value : input));
    while (values.length > this.schema.arity[0] && values.at(-1) === undefined) values.pop();
    const node = editor.createNode(
      {
        opType: this.schema.name,
        domain: this.schema.domain,
        inputs: values,
        outputs: wanted.map((w) => (w ? editor.freshName('v') : undefined)),
        attributes: attributesOf(this.schema, attributes),
      },
      { end: this.scope.graph },
    );
    inferNode(editor, node, (error) => {
      throw error;
    });
    for (const output of node.outputs) if (output) this.scope.keep(output);
    return node.outputs;
  }
}

export function broadcasts(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 1; i <= Math.min(a.length, b.length); i += 1) {
    const [x, y] = [a.at(-i), b.at(-i)];
    if (x !== y && x !== 1 && y !== 1) return false;
  }
  return true;
}

export const hasElements = (dims: readonly number[]): boolean => elementCount(dims) > 0;

export const hasAxes = (dims: readonly number[]): boolean => dims.length > 0;

/** Elements that a divisor or an exponent of a type can have without leaving what is defined. */
export function divisors(dtype: DType): Fill | undefined {
  if (!isInteger(dtype)) return undefined;
  return { of: dtype.startsWith('u') ? [1, 2, 3, 5, 7] : [1, 2, 3, -2, -3, 7] };
}
