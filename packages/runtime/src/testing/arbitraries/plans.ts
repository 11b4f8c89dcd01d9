import fc from 'fast-check';
import { CALL, type Step } from '../build/plan.ts';
import { controlOperators } from '../operators/table.ts';

/** Most decisions that a step takes; the rest of them are 0. */
const MAX_CHOICES = 40;

/** As many as most steps take, so that little is left to the default. */
const MIN_CHOICES = 20;

/** Decisions of a step. */
export function choices(): fc.Arbitrary<number[]> {
  return fc.array(fc.nat({ max: 0xffff }), { minLength: MIN_CHOICES, maxLength: MAX_CHOICES, size: 'max' });
}

/** Lists of steps of plain operators. */
export function stepLists(ops: readonly string[], most: number): fc.Arbitrary<Step[]> {
  const step = fc.record({ op: fc.constantFrom(...ops), choices: choices(), inner: fc.constant([]) });
  return fc.array(step, { maxLength: most, size: 'max' });
}

export interface PlanOptions {
  readonly ops: readonly string[];
  /** Least and most steps of the main graph. */
  readonly size: readonly [number, number];
  /** How deep graphs are nested; 0 for not at all. */
  readonly nested: number;
  readonly functions: boolean;
  /** Operators of nested graphs and functions. */
  readonly innerOps: readonly string[];
}

/** Lists of steps, some of which hold lists of steps for their nested graphs. */
export function plans(options: PlanOptions): fc.Arbitrary<Step[]> {
  const { size, ops, nested } = options;
  const [minLength, maxLength] = size;
  return fc.array(steps(ops, nested, options), { minLength, maxLength, size: 'max' });
}

function steps(ops: readonly string[], depth: number, options: PlanOptions): fc.Arbitrary<Step> {
  const plain = ops.filter((op) => !controlOperators.has(op));
  const holders = [...ops.filter((op) => controlOperators.has(op)), ...(options.functions ? [CALL] : [])];
  const flat = fc.record({ op: fc.constantFrom(...plain), choices: choices(), inner: fc.constant([]) });
  if (depth === 0 || holders.length === 0) return flat;
  if (plain.length === 0) return holding(holders, depth, options);
  return fc.oneof({ weight: 6, arbitrary: flat }, { weight: 1, arbitrary: holding(holders, depth, options) });
}

function holding(ops: readonly string[], depth: number, options: PlanOptions): fc.Arbitrary<Step> {
  const inner = fc.array(steps(options.innerOps, depth - 1, options), { maxLength: 3, size: 'max' });
  return fc.record({
    op: fc.constantFrom(...ops),
    choices: choices(),
    inner: fc.array(inner, { minLength: 1, maxLength: 2 }),
  });
}
