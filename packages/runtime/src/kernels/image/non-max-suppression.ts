import { nonMaxSuppression } from '@refold/ir';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';

/** Greedy suppression: the best box of a class goes first, boxes that overlap it too much are dropped. */
export const nonMaxSuppressionKernel: Kernel = {
  name: 'NonMaxSuppression',
  run(inputs, ctx) {
    const boxes = realOperand(inputs, ctx, 0);
    const scores = realOperand(inputs, ctx, 1);
    const view = nonMaxSuppression.view(ctx.op);
    const [batches = 0, count = 0, four] = boxes.dims;
    const [scoreBatches, classes = 0, scoreCount] = scores.dims;
    if (
      boxes.rank !== 3 ||
      scores.rank !== 3 ||
      four !== 4 ||
      scoreBatches !== batches ||
      scoreCount !== count
    ) {
      throw ctx.op.invalid(`boxes [${boxes.dims.join(', ')}] with scores [${scores.dims.join(', ')}]`);
    }
    const { maxPerClass, iouThreshold, scoreThreshold } = view;
    if (maxPerClass === undefined || iouThreshold === undefined || scoreThreshold === undefined) {
      throw ctx.op.invalid('its limits must have one element each');
    }
    if (!(iouThreshold >= 0 && iouThreshold <= 1))
      throw ctx.op.invalid(`iou_threshold ${iouThreshold} is not in [0, 1]`);
    const corners = cornersOf(reals(boxes), view.centered);
    const scoreData = reals(scores);
    const selected: number[] = [];
    for (let batch = 0; batch < batches && maxPerClass > 0; batch += 1) {
      for (let c = 0; c < classes; c += 1) {
        const order = ranked(scoreData, (batch * classes + c) * count, count, scoreThreshold);
        const kept = suppress(ctx, corners, batch * count, order, maxPerClass, iouThreshold);
        for (const box of kept) selected.push(batch, c, box);
      }
    }
    const out = ctx.alloc('int64', [selected.length / 3, 3]);
    if (out.data instanceof BigInt64Array)
      for (let i = 0; i < selected.length; i += 1) out.data[i] = BigInt(selected[i] ?? 0);
    return [out];
  },
};

/** Boxes as [y1, x1, y2, x2] with y1 <= y2 and x1 <= x2. */
function cornersOf(boxes: Reals, centered: boolean): Float64Array {
  const out = new Float64Array(boxes.length);
  for (let k = 0; k < boxes.length; k += 4) {
    const a = boxes[k] as number;
    const b = boxes[k + 1] as number;
    const c = boxes[k + 2] as number;
    const d = boxes[k + 3] as number;
    if (centered) {
      out[k] = b - d / 2;
      out[k + 1] = a - c / 2;
      out[k + 2] = b + d / 2;
      out[k + 3] = a + c / 2;
    } else {
      out[k] = Math.min(a, c);
      out[k + 1] = Math.min(b, d);
      out[k + 2] = Math.max(a, c);
      out[k + 3] = Math.max(b, d);
    }
  }
  return out;
}

/** Boxes with scores above the threshold, best first; of equal ones the first comes first. */
function ranked(scores: Reals, at: number, count: number, threshold: number): Int32Array {
  const candidates: number[] = [];
  for (let i = 0; i < count; i += 1) if ((scores[at + i] as number) > threshold) candidates.push(i);
  return Int32Array.from(candidates).sort(
    (a, b) => (scores[at + b] as number) - (scores[at + a] as number) || a - b,
  );
}

function suppress(
  ctx: KernelContext,
  corners: Float64Array,
  first: number,
  order: Int32Array,
  most: number,
  threshold: number,
): readonly number[] {
  const kept: number[] = [];
  for (const box of order) {
    if (kept.length >= most) break;
    ctx.tick();
    if (!kept.some((other) => overlap(corners, (first + box) * 4, (first + other) * 4) > threshold))
      kept.push(box);
  }
  return kept;
}

/** Intersection over union; 0 for boxes without area. */
function overlap(corners: Float64Array, a: number, b: number): number {
  const y1 = corners[a] as number;
  const x1 = corners[a + 1] as number;
  const y2 = corners[a + 2] as number;
  const x2 = corners[a + 3] as number;
  const v1 = corners[b] as number;
  const u1 = corners[b + 1] as number;
  const v2 = corners[b + 2] as number;
  const u2 = corners[b + 3] as number;
  const area = (y2 - y1) * (x2 - x1);
  const other = (v2 - v1) * (u2 - u1);
  if (!(area > 0 && other > 0)) return 0;
  const high = Math.min(y2, v2) - Math.max(y1, v1);
  const wide = Math.min(x2, u2) - Math.max(x1, u1);
  if (high <= 0 || wide <= 0) return 0;
  return (high * wide) / (area + other - high * wide);
}
