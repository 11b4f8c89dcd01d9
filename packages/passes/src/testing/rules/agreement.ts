import { isFloat, type Model, RefoldError } from '@refold/ir';
import type { Exactness } from '@refold/matcher';
import {
  bindingsFor,
  compareValues,
  createSession,
  type Feeds,
  fromReals,
  type InputOptions,
  makeInputs,
  type NdArray,
  type NdValue,
  type NodeEvent,
  reals,
  type Session,
  toleranceOf,
} from '@refold/runtime';
import { noiseOf } from './noise.ts';
import { ulpOf } from './ulp.ts';

/** Whether two models compute the same, as far as they were run. */
export type Agreement =
  | { readonly kind: 'equal'; readonly maxUlp: number }
  | { readonly kind: 'different'; readonly message: string }
  /** The first model runs on no inputs, or the runtime lacks an operator. */
  | { readonly kind: 'not-run'; readonly message: string };

/** How far beyond its own noise a result may lie. */
const SLACK = 16;

/** Units in the last place that a result may always lie apart. */
const ALWAYS = 4;

/** Numbers that are fed: ordinary ones, and those that break careless arithmetic (NaN, infinities, -0, huge and tiny ones). */
interface FeedSet {
  readonly label: string;
  readonly feeds: Feeds;
  readonly special: boolean;
}

/**
 * Whether `after` computes what `before` does within an exactness class, on seeded ordinary and adversarial inputs.
 * `exact`: bit for bit, payloads of NaN aside. `reassociate`: where both results are finite, within {@link SLACK}
 * times what rounding moves the original by (see {@link noiseOf}) and {@link ALWAYS} units in the last place; on
 * ordinary inputs a finite result stays finite. `approximate`: on ordinary inputs, where both results are finite,
 * within the tolerance of the runtime for the dtype.
 */
export function agreementOf(before: Model, after: Model, exactness: Exactness, seed: number): Agreement {
  const first = opened(before);
  if (first instanceof RefoldError) return { kind: 'not-run', message: first.message };
  const second = opened(after);
  if (second instanceof RefoldError)
    return { kind: 'different', message: `the result does not run: ${second.message}` };
  let ran = 0;
  let message = '';
  let maxUlp = 0;
  for (const set of feedSets(before, seed, exactness)) {
    const overflow = new OverflowWatch();
    const want = outputsOf(first, set.feeds, set.special ? overflow.onNode : undefined);
    if (want instanceof RefoldError) {
      message = want.message;
      continue;
    }
    ran += 1;
    const got = outputsOf(second, set.feeds);
    if (got instanceof RefoldError)
      return { kind: 'different', message: `the result does not run: ${got.message} (${set.label})` };
    // What overflows on the way depends on the order of operations, which only exact rules keep.
    if (set.special && overflow.seen && exactness !== 'exact') continue;
    const found = compare(before, set, want, got, exactness);
    if (typeof found === 'string') return { kind: 'different', message: `${found} (${set.label})` };
    maxUlp = Math.max(maxUlp, found);
  }
  return ran > 0 ? { kind: 'equal', maxUlp } : { kind: 'not-run', message };
}

function* feedSets(model: Model, seed: number, exactness: Exactness): Generator<FeedSet> {
  const overrides = model.graph.inputs.filter((v) => v.overridable).map((v) => v.name);
  const draw = (label: string, special: boolean, options: InputOptions, add = 0): FeedSet => ({
    label: `${label}, seed ${options.seed ?? 0}`,
    feeds: makeInputs(model, sizesOf(model, add), options),
    special,
  });
  yield draw('ordinary inputs', false, { seed });
  if (isSymbolic(model)) yield draw('other sizes', false, { seed: seed + 1 }, 1);
  if (overrides.length > 0) yield draw('overridden defaults', false, { seed, overrides });
  if (exactness === 'approximate') return;
  // Large numbers beside infinities only show what overflows, which only exact rules keep.
  for (const [label, change] of exactness === 'exact' ? adversarial : adversarial.slice(1)) {
    const special = makeInputs(model, sizesOf(model, 0), { seed: seed + 2, style: 'special' });
    const ordinary = makeInputs(model, sizesOf(model, 0), { seed: seed + 3 });
    yield { label, feeds: mixed(ordinary, special, change), special: true };
  }
}

/** What is taken of special numbers; ordinary ones stand for others. */
const adversarial: readonly (readonly [string, (x: number) => boolean])[] = [
  ['special inputs', () => true],
  ['inputs that are not finite', (x) => !Number.isFinite(x)],
  ['large and small inputs', (x) => Number.isFinite(x)],
  ['zeros and small inputs', (x) => Math.abs(x) < 1000],
];

function mixed(
  ordinary: ReadonlyMap<string, NdValue>,
  special: ReadonlyMap<string, NdValue>,
  take: (x: number) => boolean,
): Feeds {
  return new Map(
    [...special].map(([name, value]): [string, NdValue] => {
      const other = ordinary.get(name);
      if (value.kind !== 'tensor' || other?.kind !== 'tensor' || !isFloat(value.dtype)) return [name, value];
      const usual = reals(other);
      const numbers = Array.from(reals(value), (x, i) => (take(x) ? x : (usual[i] ?? 0)));
      return [name, fromReals(value.dtype, value.dims, Float64Array.from(numbers))];
    }),
  );
}

function isSymbolic(model: Model): boolean {
  return bindingsFor(model)[0]?.size !== 0;
}

/** Names that say a size, as generated models use them, stand for it, or for a larger one; others as the runtime guesses. */
function sizesOf(model: Model, add: number): ReadonlyMap<string, number> {
  const guessed = bindingsFor(model)[0] ?? new Map<string, number>();
  return new Map(
    [...guessed].map(([name, size]) => {
      const said = /^size(\d+)/.exec(name)?.[1];
      return [name, said === undefined ? size : Number(said) + add];
    }),
  );
}

/** The largest distance in units in the last place, or what is different. */
function compare(
  model: Model,
  set: FeedSet,
  want: ReadonlyMap<string, NdValue>,
  got: ReadonlyMap<string, NdValue>,
  exactness: Exactness,
): number | string {
  let noise: ReadonlyMap<string, Float64Array> | undefined;
  let maxUlp = 0;
  for (const [name, a] of want) {
    const b = got.get(name);
    if (!b) return `output ${name} is missing`;
    if (a.kind !== 'tensor' || b.kind !== 'tensor' || !isFloat(a.dtype)) {
      const difference = compareValues(a, b, { share: 0, relative: 0 });
      if (difference) return `output ${name}: ${difference.message}`;
      continue;
    }
    if (a.dtype !== b.dtype || a.dims.join() !== b.dims.join())
      return `output ${name}: ${a.dtype}[${a.dims.join()}] became ${b.dtype}[${b.dims.join()}]`;
    if (areSame(a, b)) continue;
    if (exactness === 'exact') return `output ${name}: ${firstDifference(a, b)}`;
    if (exactness === 'approximate') {
      const difference = compareValues(a, whereFinite(b, a), toleranceOf(a.dtype));
      if (difference) return `output ${name}: ${difference.message}`;
      continue;
    }
    let found = withinNoise(a, b, undefined, set.special);
    if (typeof found === 'string') {
      noise ??= noiseOf(model, set.feeds, want);
      found = withinNoise(a, b, noise.get(name), set.special);
    }
    if (typeof found === 'string') return `output ${name}: ${found}`;
    maxUlp = Math.max(maxUlp, found);
  }
  return maxUlp;
}

function areSame(a: NdArray, b: NdArray): boolean {
  const [x, y] = [reals(a), reals(b)];
  for (let i = 0; i < x.length; i += 1) if (!Object.is(x[i], y[i])) return false;
  return true;
}

/** An array with the elements of another one where either is not finite. */
function whereFinite(array: NdArray, other: NdArray): NdArray {
  const [x, y] = [reals(array), reals(other)];
  const numbers = Array.from(x, (v, i) => (Number.isFinite(v) && Number.isFinite(y[i]) ? v : (y[i] ?? 0)));
  return fromReals(array.dtype, array.dims, Float64Array.from(numbers));
}

function firstDifference(a: NdArray, b: NdArray): string {
  const [x, y] = [reals(a), reals(b)];
  const at = Array.from(x).findIndex((v, i) => !Object.is(v, y[i]));
  return `element ${at}: ${text(x[at])} became ${text(y[at])}`;
}

function text(x: number | undefined): string {
  return Object.is(x, -0) ? '-0' : String(x);
}

function withinNoise(
  a: NdArray,
  b: NdArray,
  noise: Float64Array | undefined,
  special: boolean,
): number | string {
  const [x, y] = [reals(a), reals(b)];
  let maxUlp = 0;
  for (let i = 0; i < x.length; i += 1) {
    const [want, got] = [x[i] as number, y[i] as number];
    if (!Number.isFinite(want)) continue;
    if (!Number.isFinite(got)) {
      if (special || noise?.[i] === Number.POSITIVE_INFINITY) continue;
      return `element ${i}: ${text(want)} became ${text(got)}`;
    }
    const unit = ulpOf(a.dtype, want);
    const distance = Math.abs(want - got);
    const allowed = SLACK * (noise?.[i] ?? 0) + ALWAYS * unit;
    if (distance > allowed) {
      return `element ${i}: ${text(want)} became ${text(got)}, where ${allowed.toPrecision(3)} is allowed`;
    }
    if (!special) maxUlp = Math.max(maxUlp, distance / unit);
  }
  return maxUlp;
}

function opened(model: Model): Session | RefoldError {
  return orError(() => createSession(model, { checkShapes: false }));
}

function outputsOf(
  session: Session,
  feeds: Feeds,
  onNode?: (event: NodeEvent) => void,
): ReadonlyMap<string, NdValue> | RefoldError {
  const entries = feeds instanceof Map ? [...feeds] : Object.entries(feeds);
  const wanted = new Set(session.inputs.map((input) => input.name));
  const own = new Map(entries.filter(([name]) => wanted.has(name)));
  return orError(() => session.run(own, { memoryLimit: 1e8, timeLimit: 2000, onNode }));
}

/** Notices nodes that make something that is not finite of finite operands, or may do so beside others. */
class OverflowWatch {
  seen = false;
  readonly onNode = ({ inputs, outputs }: NodeEvent): void => {
    if (!this.seen && outputs.some(hasInfinite) && !inputs.some(hasInfinite)) this.seen = true;
    if (!this.seen && inputs.some(hasInfinite) && inputs.some(hasLarge)) this.seen = true;
  };
}

/** Numbers whose squares overflow, in half precision too. */
function hasLarge(value: NdValue | undefined): boolean {
  if (value?.kind !== 'tensor' || !isFloat(value.dtype)) return false;
  const numbers = reals(value);
  for (let i = 0; i < numbers.length; i += 1) {
    const x = Math.abs(numbers[i] as number);
    if (x > 200 && x < Number.POSITIVE_INFINITY) return true;
  }
  return false;
}

function hasInfinite(value: NdValue | undefined): boolean {
  if (value?.kind !== 'tensor' || !isFloat(value.dtype)) return false;
  const numbers = reals(value);
  for (let i = 0; i < numbers.length; i += 1) if (!Number.isFinite(numbers[i])) return true;
  return false;
}

function orError<T>(body: () => T): T | RefoldError {
  try {
    return body();
  } catch (error) {
    if (error instanceof RefoldError) return error;
    throw error;
  }
}
