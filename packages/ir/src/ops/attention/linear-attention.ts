import { freshDim } from '../../types/dim.ts';
import { exactDiv, mulDims } from '../../types/dim-arithmetic.ts';
import { printShape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of `LinearAttention`. */
export interface LinearAttentionView extends View {
  readonly qNumHeads: number;
  readonly kvNumHeads: number;
  /** Factor of the outputs: `1 / sqrt(key size)` when it is not given; undefined while that is not known. */
  readonly scale: number | undefined;
  /** Whether the state decays before each step. */
  readonly gated: boolean;
  /** Whether a step writes only what the state does not already answer. */
  readonly delta: boolean;
}

function linearAttentionView(ctx: OpContext): LinearAttentionView {
  const qNumHeads = heads(ctx, 'q_num_heads');
  const kvNumHeads = heads(ctx, 'kv_num_heads');
  if (qNumHeads % kvNumHeads !== 0) {
    throw ctx.invalid(`${qNumHeads} query heads do not share ${kvNumHeads} key heads evenly`);
  }
  const rule = ctx.string('update_rule') ?? 'gated_delta';
  if (!['linear', 'gated', 'delta', 'gated_delta'].includes(rule))
    throw ctx.invalid(`update_rule "${rule}" is unknown`);
  const gated = rule.startsWith('gated');
  const delta = rule.endsWith('delta');
  if (ctx.hasInput(4) !== gated)
    throw ctx.invalid(`update_rule ${rule} ${gated ? 'needs' : 'forbids'} decay`);
  if (ctx.hasInput(5) !== delta) throw ctx.invalid(`update_rule ${rule} ${delta ? 'needs' : 'forbids'} beta`);
  const hidden = ctx.shape(0)?.[2];
  const given = ctx.float('scale') ?? 0;
  const size = typeof hidden === 'number' ? hidden / qNumHeads : undefined;
  const scale = given !== 0 ? given : size === undefined ? undefined : 1 / Math.sqrt(size);
  return { qNumHeads, kvNumHeads, scale, gated, delta };
}

function heads(ctx: OpContext, name: string): number {
  const count = ctx.int(name);
  if (count === undefined || !Number.isSafeInteger(count) || count < 1)
    throw ctx.invalid(`${name} is ${count}`);
  return count;
}

/** Attention as a recurrence over a state [B, heads, key size, value size]. */
export const linearAttention: Operator<LinearAttentionView> = operator<LinearAttentionView>({
  name: 'LinearAttention',
  view: linearAttentionView,
  infer(ctx, view) {
    const dtype = ctx.dtype(0);
    const stateType = ctx.hasInput(3) ? ctx.dtype(3) : dtype;
    const [q, v] = [ctx.shape(0), ctx.shape(2)];
    for (const shape of [q, ctx.shape(1), v]) {
      if (shape && shape.length !== 3) throw ctx.invalid(`${printShape(shape)} does not have rank 3`);
    }
    const [batch = freshDim(), length = freshDim(), hidden] = q ?? [];
    const keySize = headSize(ctx, hidden, view.qNumHeads);
    const valueSize = headSize(ctx, v?.[2], view.kvNumHeads);
    const outputs = [
      dtype && tensorType(dtype, [batch, length, mulDims(valueSize, view.qNumHeads)]),
      stateType && tensorType(stateType, [batch, view.kvNumHeads, keySize, valueSize]),
    ];
    return outputs.slice(0, ctx.outputCount);
  },
});

function headSize(ctx: OpContext, hidden: Parameters<typeof exactDiv>[0] | undefined, count: number) {
  const size = hidden === undefined ? undefined : exactDiv(hidden, count);
  if (size === undefined && typeof hidden === 'number')
    throw ctx.invalid(`${hidden} does not divide into ${count} heads`);
  return size ?? freshDim();
}
