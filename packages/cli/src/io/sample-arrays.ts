import { RefoldError, type Shape, sameDim } from '@refold/ir';
import { NdArray, type Session } from '@refold/runtime';
import { suggestion } from '../arguments/nearest.ts';

/** An array of which rows can be read, be it in memory or in a file. */
export interface RowArray {
  readonly dims: readonly number[];
  /** Some rows, which may take the place of `over`, an array that is not needed any more. */
  read(from: number, to: number, over?: NdArray): NdArray;
  readAll(over?: NdArray): NdArray;
}

/** Arrays for inputs, by name, from one place. */
export interface ArraySet {
  /** For messages. */
  readonly source: string;
  readonly arrays: ReadonlyMap<string, RowArray>;
}

type Inputs = Session['inputs'];

/** Samples, any of which can be read. */
export interface SampleSet {
  /** For messages. */
  readonly source: string;
  readonly count: number;
  /** A sample, whose arrays may take the place of those of `over`, a sample that is not needed any more. */
  at(sample: number, over?: Sample): Sample;
}

/** Values for inputs, by name. */
export type Sample = ReadonlyMap<string, NdArray>;

/** How an array is cut into samples. */
interface Cut {
  readonly count: number;
  piece(sample: number, over: NdArray | undefined): NdArray;
}

/**
 * The samples that a set of arrays holds. An array of one axis more than its input holds one sample in each row; one
 * whose first size is a multiple of that of the input holds several behind each other, as does one whose first size
 * is an open batch; any other is the same in all samples.
 * @throws RefoldError when inputs are missing, unknown, or hold different numbers of samples.
 */
export function samplesOf({ source, arrays }: ArraySet, inputs: Inputs): SampleSet {
  requireInputs(source, [...arrays.keys()], inputs);
  const batched = hasOpenBatch(inputs);
  const cuts = new Map<string, Cut>();
  for (const { name, type } of inputs) {
    const array = arrays.get(name);
    if (array) cuts.set(name, cutOf(array, type?.kind === 'tensor' ? type.shape : undefined, batched));
  }
  const counts = new Set([...cuts.values()].map((cut) => cut.count).filter((count) => count !== 1));
  const [count = 1, other] = counts;
  if (other !== undefined) {
    const list = [...cuts].map(([name, cut]) => `'${name}' ${cut.count}`).join(', ');
    throw new RefoldError('usage/data', `${source} holds different numbers of samples: ${list}`);
  }
  return {
    source,
    count,
    at: (sample, over) =>
      new Map(
        [...cuts].map(([name, cut]) => [name, cut.piece(cut.count === 1 ? 0 : sample, over?.get(name))]),
      ),
  };
}

function requireInputs(source: string, given: readonly string[], inputs: Inputs): void {
  const names = inputs.map((input) => input.name);
  const stranger = given.find((name) => !names.includes(name));
  if (stranger !== undefined) {
    const hint = suggestion(stranger, names, `its inputs are ${names.join(', ')}`);
    throw new RefoldError('usage/unknown-name', `${source}: the model has no input '${stranger}'`, {}, hint);
  }
  const missing = inputs.filter((input) => input.required && !given.includes(input.name));
  if (missing.length > 0) {
    const list = missing.map((input) => `'${input.name}'`).join(', ');
    throw new RefoldError(
      'usage/data',
      `${source} holds nothing for the input${missing.length > 1 ? 's' : ''} ${list}`,
    );
  }
}

/** Whether the first size of all inputs is open, and the same one. */
function hasOpenBatch(inputs: Inputs): boolean {
  const first = inputs.flatMap(({ type }) => {
    const shape = type?.kind === 'tensor' ? type.shape : undefined;
    return shape?.[0] === undefined ? [] : [shape[0]];
  });
  const [one] = first;
  return one !== undefined && first.every((dim) => typeof dim !== 'number' && sameDim(dim, one));
}

function cutOf(array: RowArray, shape: Shape | undefined, batched: boolean): Cut {
  const [rows = 1, ...inner] = array.dims;
  if (shape && array.dims.length === shape.length + 1) {
    return { count: rows, piece: (i, over) => withDims(array.read(i, i + 1, over), inner) };
  }
  const [stated] = shape ?? [];
  const each = typeof stated === 'number' ? stated : batched && stated !== undefined ? 1 : rows;
  if (array.dims.length > 0 && each > 0 && rows > each && rows % each === 0) {
    return { count: rows / each, piece: (i, over) => array.read(i * each, (i + 1) * each, over) };
  }
  // It serves all samples, so that it is read once.
  let whole: NdArray | undefined;
  const piece: Cut['piece'] = (_, over) => {
    whole ??= array.readAll(over);
    return whole;
  };
  return { count: 1, piece };
}

function withDims(array: NdArray, dims: readonly number[]): NdArray {
  return new NdArray(array.dtype, dims, array.data);
}
