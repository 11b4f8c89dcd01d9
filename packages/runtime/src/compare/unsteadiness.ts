import { dtypeKind, isFloat, type Model } from '@refold/ir';
import { Constants } from '../plan/constants.ts';
import { Random } from '../run/random.ts';
import { createSession, newProgram, type SessionOptions, sessionOf } from '../session/session.ts';
import type { NdArray, NdValue } from '../tensor/nd-array.ts';
import { fromReals, reals } from '../tensor/reals.ts';
import type { InputSet } from './input-sets.ts';
import { largestMagnitude } from './largest-magnitude.ts';

/** How often numbers are moved, and weights with them: each time in other directions. */
const INPUT_TRIALS = 3;
const WEIGHT_TRIALS = 2;

/** Weights of more bytes than this are not copied to be moved. */
const MAX_WEIGHT_BYTES = 400e6;

/**
 * How far each output of a model moves, as a share of its largest magnitude, when inputs, or weights, are
 * moved by about one rounding step: the most that was seen in a few trials.
 */
export function movementsOf(
  model: Model,
  set: InputSet,
  options: SessionOptions,
): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  const note = (outputs: ReadonlyMap<string, NdValue>): void => {
    for (const [name, before] of set.outputs) {
      const after = outputs.get(name);
      const moved = after ? movement(before, after) : Number.POSITIVE_INFINITY;
      most.set(name, Math.max(most.get(name) ?? 0, moved));
    }
  };
  const session = createSession(model, options);
  const feeds = [...(set.feeds instanceof Map ? set.feeds : Object.entries(set.feeds))];
  for (let trial = 0; trial < INPUT_TRIALS; trial += 1) {
    const random = new Random(trial);
    note(session.run(new Map(feeds.map(([name, value]) => [name, nudged(value, random)]))));
  }
  if (weightBytes(model) > MAX_WEIGHT_BYTES) return most;
  for (let trial = 0; trial < WEIGHT_TRIALS; trial += 1) {
    const random = new Random(trial);
    const constants = new Constants((array) => nudgedConstant(array, random));
    note(sessionOf(model, newProgram(options.kernels, constants), options).run(set.feeds));
  }
  return most;
}

function weightBytes(model: Model): number {
  let bytes = 0;
  for (const graph of model.graphs()) {
    for (const value of graph.initializers) bytes += value.tensor?.byteLength ?? 0;
  }
  return bytes;
}

/** About one rounding step of a type, relative to the number. */
function roundingStep(dtype: NdArray['dtype']): number {
  if (dtype === 'float16') return 1e-3;
  return dtype === 'bfloat16' ? 8e-3 : 2e-7;
}

/** A value whose floats are moved up or down by about one rounding step. */
function nudged(value: NdValue, random: Random): NdValue {
  switch (value.kind) {
    case 'tensor':
      return nudgedArray(value, random, false);
    case 'sequence':
      return { kind: 'sequence', items: value.items.map((item) => nudged(item, random)) };
    case 'optional':
      return { kind: 'optional', item: value.item && nudged(value.item, random) };
    case 'map': {
      const entries = [...value.entries].map(([key, item]) => [key, nudged(item, random)] as const);
      return { ...value, entries: new Map(entries) };
    }
  }
}

/**
 * A constant moved likewise. Multiples of a half stay: exponents, thresholds, ones and zeros mean what they say.
 */
function nudgedConstant(array: NdArray, random: Random): NdArray {
  return nudgedArray(array, random, true);
}

function nudgedArray(array: NdArray, random: Random, keepHalves: boolean): NdArray {
  const { dtype } = array;
  if (dtype !== 'float32' && dtype !== 'float64' && dtype !== 'float16' && dtype !== 'bfloat16') return array;
  const step = roundingStep(dtype);
  const moved = Float64Array.from(reals(array), (v) =>
    keepHalves && v % 0.5 === 0 ? v : v * (1 + (random.bits() % 2 === 0 ? step : -step)),
  );
  return fromReals(dtype, array.dims, moved);
}

/**
 * How far a value moved, as a share of its largest magnitude; infinite when something moved that cannot move
 * a little: a shape, an integer, a string.
 */
export function movement(before: NdValue, after: NdValue): number {
  if (before.kind === 'tensor' && after.kind === 'tensor') return movementOfArray(before, after);
  const a = itemsOf(before);
  const b = itemsOf(after);
  if (before.kind !== after.kind || a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  a.forEach((item, i) => {
    const other = b[i];
    most = Math.max(most, other ? movement(item, other) : Number.POSITIVE_INFINITY);
  });
  return most;
}

function itemsOf(value: NdValue): readonly NdValue[] {
  if (value.kind === 'sequence') return value.items;
  if (value.kind === 'map') return [...value.entries.values()];
  return value.kind === 'optional' && value.item ? [value.item] : [];
}

function movementOfArray(before: NdArray, after: NdArray): number {
  if (before.dtype !== after.dtype || before.dims.join() !== after.dims.join())
    return Number.POSITIVE_INFINITY;
  if (!isFloat(before.dtype)) {
    const a = before.data;
    const same =
      dtypeKind(before.dtype) === 'complex' || a.every((x: unknown, i: number) => x === after.data[i]);
    return same ? 0 : Number.POSITIVE_INFINITY;
  }
  const a = reals(before);
  const b = reals(after);
  const top = largestMagnitude(a);
  let most = 0;
  for (let i = 0; i < a.length; i += 1) {
    const distance = Math.abs((a[i] as number) - (b[i] as number));
    // A number that turned into NaN or an infinity moved as far as can be; NaN that stays NaN did not move.
    if (distance > most) most = distance;
    else if (Number.isNaN(distance) && Number.isFinite(a[i]) !== Number.isFinite(b[i]))
      return Number.POSITIVE_INFINITY;
  }
  return top === 0 ? 0 : most / top;
}
