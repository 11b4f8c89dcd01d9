import { type Dim, freshDim } from '../../types/dim.ts';
import { exactDiv } from '../../types/dim-arithmetic.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import type { DType } from '../../types/dtype.ts';
import type { Shape } from '../../types/shape.ts';
import { tensorType, type ValueType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Activations, activationsOf } from './activations.ts';

/** What all recurrent operators have in common. */
export type RecurrentView = Activations & {
  readonly direction: 'forward' | 'reverse' | 'bidirectional';
  /** Number of hidden units, when the attribute or the weights tell. */
  readonly hiddenSize: number | undefined;
  /** Whether the batch axis comes first in data and states (`layout` 1). */
  readonly batchFirst: boolean;
  /** Bound of what goes into activations; undefined for none. */
  readonly clip: number | undefined;
};

/** @param gates number of gates that the weights hold one below the other */
export function recurrentView(ctx: OpContext, defaults: readonly string[], gates: number): RecurrentView {
  const direction = ctx.string('direction') ?? 'forward';
  if (direction !== 'forward' && direction !== 'reverse' && direction !== 'bidirectional') {
    throw ctx.invalid(`direction ${direction} is not known`);
  }
  const layout = ctx.int('layout') ?? 0;
  if (layout !== 0 && layout !== 1) throw ctx.invalid(`layout ${layout} is not known`);
  const clip = ctx.float('clip');
  return {
    ...activationsOf(ctx, defaults, direction === 'bidirectional' ? 2 : 1),
    direction,
    hiddenSize: hiddenSize(ctx, gates),
    batchFirst: layout === 1,
    clip: clip === undefined || clip <= 0 ? undefined : clip,
  };
}

function hiddenSize(ctx: OpContext, gates: number): number | undefined {
  const stated = ctx.int('hidden_size');
  if (stated !== undefined && stated <= 0) throw ctx.invalid(`hidden_size ${stated} is not positive`);
  const dim = ctx.shape(2)?.[2] ?? quotient(ctx.shape(1)?.[1], gates);
  if (stated === undefined) return typeof dim === 'number' ? dim : undefined;
  if (dim !== undefined && sameDim(dim, stated) === 'no') {
    throw ctx.invalid(`hidden_size is ${stated}, but the weights have ${dim} units`);
  }
  return stated;
}

function quotient(dim: Dim | undefined, gates: number): Dim | undefined {
  return dim === undefined ? undefined : exactDiv(dim, gates);
}

/**
 * Types of `Y`, then of `states` last states.
 * Y is [seq, directions, batch, hidden], a state [directions, batch, hidden]; with the batch first
 * [batch, seq, directions, hidden] and [batch, directions, hidden].
 */
export function recurrentTypes(
  ctx: OpContext,
  view: RecurrentView,
  states: number,
): readonly (ValueType | undefined)[] {
  const dtype = ctx.dtype(0);
  if (dtype === undefined) return [];
  const [first, second] = dataDims(ctx);
  const directions = view.direction === 'bidirectional' ? 2 : 1;
  const hidden: Dim = view.hiddenSize ?? ctx.shape(2)?.[2] ?? freshDim();
  const batch = view.batchFirst ? first : second;
  const sequence = view.batchFirst ? second : first;
  const y: Shape = view.batchFirst
    ? [batch, sequence, directions, hidden]
    : [sequence, directions, batch, hidden];
  const state: Shape = view.batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
  return [tensorType(dtype, y), ...stateTypes(dtype, state, states)];
}

function stateTypes(dtype: DType, shape: Shape, count: number): readonly ValueType[] {
  return Array.from({ length: count }, () => tensorType(dtype, shape));
}

/** Operands with initial states, where they are given. */
const statesIn = [
  [5, 'initial_h'],
  [6, 'initial_c'],
] as const;

function dataDims(ctx: OpContext): readonly [Dim, Dim] {
  for (const [index, name] of statesIn) {
    const rank = ctx.shape(index)?.length;
    if (rank !== undefined && rank !== 3) throw ctx.invalid(`${name} must have rank 3, not ${rank}`);
  }
  const shape = ctx.shape(0);
  if (shape === undefined) return [freshDim(), freshDim()];
  if (shape.length !== 3) throw ctx.invalid(`X must have rank 3, not ${shape.length}`);
  return [shape[0] ?? freshDim(), shape[1] ?? freshDim()];
}
