import { Editor, isFloat, type Model, RefoldError, type Tensor, type Value } from '@refold/ir';
import {
  createSession,
  type Feeds,
  fromReals,
  type Kernel,
  kernelOf,
  NdArray,
  type NdValue,
  ndFromTensor,
  Random,
  reals,
  tensorFromNd,
} from '@refold/runtime';
import { epsilonOf, ulpOf } from './ulp.ts';

/** How often a model is run with other roundings. */
const TRIALS = 6;

/** Units in the last place by which each operand is moved at most. */
const STEP = 1.5;

/** Operators whose results are elements of their operands, or whole numbers: these round nothing. */
const exactOps: ReadonlySet<string> = new Set([
  ...['Identity', 'Cast', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Expand', 'Tile', 'Pad'],
  ...['Concat', 'Split', 'Slice', 'Gather', 'GatherElements', 'GatherND', 'ScatterND', 'ScatterElements'],
  ...['Floor', 'Ceil', 'Round', 'Sign', 'Relu', 'Clip', 'Max', 'Min', 'Where', 'Neg', 'Abs', 'MaxPool'],
  ...['ReduceMax', 'ReduceMin', 'TopK', 'DepthToSpace', 'SpaceToDepth', 'SequenceAt', 'SequenceConstruct'],
]);

/**
 * How far rounding moves the results of a model, element by element (Monte Carlo arithmetic): the model runs several
 * times, and each time its inputs, its constants, and what every node makes are moved at random by about one unit in
 * the last place. What comes out differs as much as another order of the same operations may differ: little where
 * nothing is lost, much where nearly equal numbers cancel or a step is near.
 */
export function noiseOf(
  model: Model,
  feeds: Feeds,
  results: ReadonlyMap<string, NdValue>,
): ReadonlyMap<string, Float64Array> {
  const noise = new Map<string, Float64Array>();
  const constants = constantsOf(model);
  const editor = new Editor(model);
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const random = new Random(trial + 1);
    for (const { value, tensor } of constants) {
      editor.setTensor(value, tensorFromNd(nudged(ndFromTensor(tensor), random, true)));
    }
    const moved = runMoved(model, feeds, random);
    for (const [name, value] of results) {
      if (value.kind !== 'tensor' || !isFloat(value.dtype)) continue;
      const most = noise.get(name) ?? new Float64Array(value.size);
      noise.set(name, most);
      const other = moved?.get(name);
      widen(most, value, other?.kind === 'tensor' ? other : undefined);
    }
  }
  for (const { value, tensor } of constants) editor.setTensor(value, tensor);
  for (const most of noise.values()) smooth(most);
  return noise;
}

function constantsOf(model: Model): readonly { readonly value: Value; readonly tensor: Tensor }[] {
  return [...model.graphs()].flatMap((graph) =>
    [...graph.initializers].flatMap((value) =>
      value.tensor && isFloat(value.tensor.dtype) ? [{ value, tensor: value.tensor }] : [],
    ),
  );
}

function widen(most: Float64Array, value: NdArray, moved: NdArray | undefined): void {
  if (!moved || moved.size !== value.size) {
    most.fill(Number.POSITIVE_INFINITY);
    return;
  }
  const [a, b] = [reals(value), reals(moved)];
  for (let i = 0; i < most.length; i += 1) {
    const [x, y] = [a[i] as number, b[i] as number];
    const distance = Math.abs(x - y);
    if (Number.isFinite(x) && !Number.isFinite(y)) most[i] = Number.POSITIVE_INFINITY;
    else if (distance > (most[i] as number)) most[i] = distance;
  }
}

/** Few trials may happen to cancel: no element is taken to be much quieter than the others. */
function smooth(most: Float64Array): void {
  let [squares, count] = [0, 0];
  for (const x of most) {
    if (!Number.isFinite(x)) continue;
    squares += x * x;
    count += 1;
  }
  const floor = count === 0 ? 0 : Math.sqrt(squares / count) / 4;
  for (let i = 0; i < most.length; i += 1) most[i] = Math.max(most[i] as number, floor);
}

function runMoved(model: Model, feeds: Feeds, random: Random): ReadonlyMap<string, NdValue> | undefined {
  const entries = feeds instanceof Map ? [...feeds] : Object.entries(feeds);
  const inputs = new Map(entries.map(([name, value]) => [name, moved(value, random, true)]));
  try {
    return createSession(model, { kernels: movingKernels(model, random), checkShapes: false }).run(inputs);
  } catch (error) {
    // A number that is moved may be one that an operator refuses.
    if (error instanceof RefoldError) return undefined;
    throw error;
  }
}

/** Kernels of the operators of a model that move what they make. */
function movingKernels(model: Model, random: Random): readonly Kernel[] {
  const kernels = new Map<string, Kernel>();
  for (const graph of model.graphs()) {
    for (const node of graph.nodes()) {
      const key = `${node.domain}\u0000${node.opType}`;
      const kernel = exactOps.has(node.opType) ? undefined : kernelOf(node.domain, node.opType);
      if (!kernel || node.graphs.length > 0 || kernels.has(key)) continue;
      const keeps = node.inputs.length === 0;
      kernels.set(key, {
        name: node.opType,
        domain: node.domain,
        run: (inputs, context) =>
          kernel.run(inputs, context).map((value) => value && moved(value, random, keeps)),
      });
    }
  }
  return [...kernels.values()];
}

function moved(value: NdValue, random: Random, keepHalves: boolean): NdValue {
  return value.kind === 'tensor' && isFloat(value.dtype) ? nudged(value, random, keepHalves) : value;
}

/** Multiples of a half that are given may stay: exponents, thresholds and ones mean what they say. */
function nudged({ dtype, dims, data }: NdArray, random: Random, keepHalves: boolean): NdArray {
  const numbers = reals(new NdArray(dtype, dims, data));
  const result = dtype === 'float32' ? new Float32Array(numbers.length) : new Float64Array(numbers.length);
  const relative = STEP * epsilonOf(dtype);
  const least = STEP * ulpOf(dtype, 0);
  for (let i = 0; i < result.length; i += 1) {
    const x = numbers[i] as number;
    const stays = x === 0 || !Number.isFinite(x) || (keepHalves && x % 0.5 === 0);
    const step = Math.max(relative * Math.abs(x), least);
    result[i] = stays ? x : x + (2 * random.next() - 1) * step;
  }
  return fromReals(dtype, dims, result);
}
