import { type DType, dtypeCode, isFloat, tensorFloats, tensorOf, type Value } from '@refold/ir';
import type { PatternData } from '@refold/matcher';
import { ulpOf } from '../ulp.ts';
import { type Draft, dimsOf, isOfClass } from './draft.ts';

type ValuePattern = Extract<PatternData, { readonly kind: 'value' }>;
type ConstantPattern = Extract<PatternData, { readonly kind: 'constant' }>;

/** Draws a shape, when somebody needs to know it. */
export type Want = () => readonly number[];

/** How a leaf is read. */
export interface Place {
  /** The shape that suits its reader. */
  readonly want?: Want | undefined;
  /** The type that the schema of its reader asks for. */
  readonly dtype?: DType | undefined;
}

/** A captured value: a graph input, or a constant where the hint gives its elements. */
export function capturedValue(draft: Draft, { name, test }: ValuePattern, place: Place): Value {
  const { values } = draft.scopeOf(name);
  const known = values.get(name);
  if (known) return known;
  const dtype = place.dtype ?? draft.dtypeOf(test.dtype);
  const given = draft.valueHint(name);
  const elements = elementsOf(given);
  const dims = elements && given !== undefined && !draft.shapeHint(name) ? dimsFor(given) : shapeFor();
  const value =
    elements === undefined
      ? draft.input(name, dtype, dims)
      : draft.initializer(tensorOf(dtype, dims, filled(elements, dims)), name);
  values.set(name, value);
  return value;

  function shapeFor(): readonly number[] {
    const hinted = draft.shapeHint(name);
    if (hinted) return hinted;
    if (test.dims) return draft.sizes.shape(test.dims);
    if (place.want) return place.want();
    if (test.rank === undefined) return draft.sizes.usual;
    const { min = 0, max = min + 1 } =
      typeof test.rank === 'number' ? { min: test.rank, max: test.rank } : test.rank;
    const usual = draft.sizes.usual.length;
    return draft.sizes.ofRank(Math.min(Math.max(usual, min), max));
  }
}

/** A value of which nothing is asked. */
export function anyValue(draft: Draft, place: Place): Value {
  return draft.input('a', place.dtype ?? draft.dtype, place.want?.() ?? draft.sizes.usual);
}

export interface ConstantStyle extends Place {
  /** The number of the pattern, changed: minus or over it. */
  readonly change?: ((x: number) => number) | undefined;
  /** Without dimensions. */
  readonly bare?: boolean;
}

/** A constant: a given one, or one that is drawn, as an initializer, a node, or behind nodes that hand it on. */
export function constantOf(draft: Draft, p: ConstantPattern, style: ConstantStyle): Value {
  const { name, test } = p;
  const known = name === undefined ? undefined : draft.scopeOf(name).values.get(name);
  if (known) return known;
  const fits = style.dtype && (test.dtype === undefined || isOfClass(style.dtype, test.dtype));
  const dtype = fits ? style.dtype : draft.dtypeOf(test.dtype);
  const given = draft.valueHint(name) ?? test.value;
  const elements = elementsOf(given);
  const dims = constantDims(draft, p, given, style);
  const numbers = filled(elements ?? drawnElements(draft, dtype, dims, test.splat === true), dims);
  const changed = style.change ? numbers.map(style.change) : numbers;
  const value = numberOf(draft, dtype, dims, near(draft, p, dtype, changed), name ?? 'c');
  if (name !== undefined) draft.scopeOf(name).values.set(name, value);
  return value;
}

function constantDims(
  draft: Draft,
  { name, test }: ConstantPattern,
  given: unknown,
  style: ConstantStyle,
): readonly number[] {
  const hinted = draft.shapeHint(name);
  if (hinted) return hinted;
  if (test.dims) return draft.sizes.shape(test.dims);
  if (Array.isArray(given)) return [given.length];
  if (style.bare) return [];
  // Of as many dimensions as everything else has at least, so that it widens nothing.
  return draft.choices.any([[], [], [1]].filter((dims) => dims.length <= lowestRank(draft))) ?? [];
}

function lowestRank(draft: Draft): number {
  const inputs = draft.model.graph.inputs.map((input) => dimsOf(input).length);
  const hinted = Object.values(draft.hint.shapes ?? {}).map((shape) => shape.length);
  return Math.min(draft.sizes.usual.length, ...inputs, ...hinted);
}

/** Constants of ordinary size, none of them neutral. */
const numbersToDraw = [0.5, 2, 0.125, 3, 0.001, 1.7];

function drawnElements(
  draft: Draft,
  dtype: DType,
  dims: readonly number[],
  splat: boolean,
): readonly number[] {
  const draw = (): number =>
    isFloat(dtype) ? (draft.choices.any(numbersToDraw) ?? 0.5) : draft.choices.below(3);
  if (splat) return [draw()];
  return Array.from({ length: dims.reduce((a, d) => a * d, 1) }, draw);
}

/** Where the pattern leaves room, a number that is not the nearest one. */
function near(
  draft: Draft,
  { test }: ConstantPattern,
  dtype: DType,
  numbers: readonly number[],
): readonly number[] {
  const tol = test.tol;
  if (typeof tol !== 'object' || !('ulp' in tol) || tol.ulp < 1 || draft.choices.below(3) < 2) return numbers;
  return numbers.map((x) => {
    const [rounded = x] = tensorFloats(tensorOf(dtype, [], [x]));
    return rounded + ulpOf(dtype, rounded);
  });
}

/** A constant in one of the ways in which files hold them. */
export function numberOf(
  draft: Draft,
  dtype: DType,
  dims: readonly number[],
  numbers: readonly number[],
  hint: string,
): Value {
  const tensor = tensorOf(dtype, dims, numbers);
  switch (draft.choices.below(6)) {
    case 3:
      return draft.node('Constant', [], [{ name: 'value', type: 'tensor', value: tensor }]);
    case 4:
      return draft.node('Identity', [draft.initializer(tensor, hint)]);
    case 5: {
      if (!isFloat(dtype) || dtype === 'float64') break;
      const wide = tensorOf('float64', dims, tensorFloats(tensor));
      return draft.node(
        'Cast',
        [draft.initializer(wide, hint)],
        [{ name: 'to', type: 'int', value: dtypeCode(dtype) }],
      );
    }
  }
  return draft.initializer(tensor, hint);
}

function elementsOf(given: unknown): readonly number[] | undefined {
  if (typeof given === 'number') return [given];
  if (typeof given === 'boolean') return [Number(given)];
  return Array.isArray(given) ? given.filter((x) => typeof x === 'number') : undefined;
}

function dimsFor(given: unknown): readonly number[] {
  return Array.isArray(given) ? [given.length] : [];
}

/** The elements, the last of them as often as it takes. */
function filled(elements: readonly number[], dims: readonly number[]): readonly number[] {
  const count = dims.reduce((a, d) => a * d, 1);
  return Array.from({ length: count }, (_, i) => elements[i] ?? elements.at(-1) ?? 0);
}
