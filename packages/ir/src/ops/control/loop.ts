import type { Graph } from '../../graph/graph.ts';
import type { Value } from '../../graph/value.ts';
import { constantTensor } from '../../infer/constant.ts';
import { type Dim, freshDim } from '../../types/dim.ts';
import { maxDims } from '../../types/dim-bounds.ts';
import { tensorInts } from '../../types/elements.ts';
import { tensorType, type ValueType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';
import { settleCarried } from './carried.ts';

/** Parameters of `Loop`. */
export type LoopView = {
  /** Number of loop-carried values. */
  readonly carried: number;
  /** Number of outputs of the body that are stacked over the rounds. */
  readonly scanOutputs: number;
  /** Most rounds, when that is constant. */
  readonly maxTrips: number | undefined;
  /** Value of the condition before the first round, when that is constant; true when it is absent. */
  readonly entered: boolean | undefined;
};

/** `Loop`: runs its body while a condition holds, at most a given number of times. */
export const loop: Operator<LoopView> = operator({
  name: 'Loop',

  view(ctx) {
    const body = loopBody(ctx);
    const carried = Math.max(0, ctx.inputCount - 2);
    if (body.inputs.length !== carried + 2) {
      throw ctx.invalid(`the body has ${body.inputs.length} inputs instead of ${carried + 2}`);
    }
    const scanOutputs = body.outputs.length - 1 - carried;
    if (scanOutputs < 0) throw ctx.invalid(`the body has only ${body.outputs.length} outputs`);
    if (ctx.outputCount > carried + scanOutputs) {
      throw ctx.invalid(`the node has ${ctx.outputCount} outputs, its body gives ${carried + scanOutputs}`);
    }
    const entered = ctx.hasInput(1) ? ctx.ints(1)?.[0] : 1;
    return {
      carried,
      scanOutputs,
      maxTrips: ctx.ints(0)?.[0],
      entered: entered === undefined ? undefined : entered !== 0,
    };
  },

  infer(ctx, view) {
    const infer = ctx.facts.inferGraph?.bind(ctx.facts);
    if (infer === undefined) return [];
    const body = loopBody(ctx);
    const round = tensorType('int64', scalarShape(body.inputs[0]));
    const initial: (ValueType | undefined)[] = [tensorType('bool', scalarShape(body.inputs[1]))];
    for (let i = 0; i < view.carried; i += 1) initial.push(ctx.type(2 + i));
    const settled = settleCarried(ctx, initial, (carried) => infer(body, [round, ...carried]), 0);
    const trips = tripCount(ctx, view, body);
    const scanned = settled.body.slice(1 + view.carried).map((type) => stacked(type, trips));
    return [...settled.final.slice(1), ...scanned];
  },
});

/** The nested graph that a loop runs. */
export function loopBody(ctx: OpContext): Graph {
  const body = ctx.graph('body');
  if (body === undefined) throw ctx.invalid('attribute body is missing');
  return body;
}

/** Round and condition are scalars, or vectors of one element where the body declares them so. */
export function scalarShape(input: Value | undefined): readonly number[] {
  const type = input?.declared;
  return type?.kind === 'tensor' && type.shape?.length === 1 ? [1] : [];
}

function stacked(type: ValueType | undefined, trips: Dim): ValueType | undefined {
  if (type?.kind !== 'tensor') return undefined;
  return type.shape === undefined ? tensorType(type.dtype) : tensorType(type.dtype, [trips, ...type.shape]);
}

/** Rounds of the loop, when only the count can end it. */
function tripCount(ctx: OpContext, view: LoopView, body: Graph): Dim {
  if (view.entered === false) return 0;
  const most = ctx.dims(0)?.[0];
  if (most === undefined || view.entered === undefined || !staysTrue(body)) return freshDim();
  return maxDims(most, 0);
}

/** Whether the condition that the body gives is the one it got, or constant true. */
function staysTrue(body: Graph): boolean {
  let value = body.outputs[0];
  while (value?.producer?.is('Identity')) value = value.producer.inputs[0];
  if (value === undefined) return false;
  if (value === body.inputs[1]) return true;
  const tensor = constantTensor(value);
  return tensor?.dtype === 'bool' && tensor.size === 1 && tensorInts(tensor)[0] !== 0;
}
