import { type Dim, freshDim } from '../../types/dim.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import type { Shape } from '../../types/shape.ts';
import { tensorType, type ValueType } from '../../types/value-type.ts';
import { axisOf } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';
import { settleCarried } from './carried.ts';
import { loopBody } from './loop.ts';

/** Parameters of `Scan`. */
export type ScanView = {
  /** Whether operands have a leading batch axis and `sequence_lens` comes first (opset 8). */
  readonly batched: boolean;
  /** Index of the first state variable among the operands. */
  readonly firstState: number;
  readonly states: number;
  readonly scanInputs: number;
  readonly scanOutputs: number;
  /** Axis of each scan input, as written. */
  readonly inputAxes: readonly number[];
  /** Axis of each scan output, as written. */
  readonly outputAxes: readonly number[];
  /** 1 for scan inputs that are read backwards. */
  readonly inputDirections: readonly number[];
  /** 1 for scan outputs that are written backwards. */
  readonly outputDirections: readonly number[];
};

/** `Scan`: runs its body for each slice of some inputs, carrying states. */
export const scan: Operator<ScanView> = operator({
  name: 'Scan',

  view(ctx) {
    const body = loopBody(ctx);
    const batched = ctx.version < 9;
    const firstState = batched ? 1 : 0;
    const scanInputs = ctx.int('num_scan_inputs') ?? 0;
    const states = ctx.inputCount - firstState - scanInputs;
    if (scanInputs < 1 || states < 0) throw ctx.invalid(`cannot scan ${scanInputs} of its inputs`);
    if (body.inputs.length !== states + scanInputs) {
      throw ctx.invalid(`the body has ${body.inputs.length} inputs instead of ${states + scanInputs}`);
    }
    const scanOutputs = body.outputs.length - states;
    if (scanOutputs < 0 || ctx.outputCount > body.outputs.length) {
      throw ctx.invalid(`the body has ${body.outputs.length} outputs, the node ${ctx.outputCount}`);
    }
    return {
      batched,
      firstState,
      states,
      scanInputs,
      scanOutputs,
      inputAxes: batched ? filled(1, scanInputs) : list(ctx, 'scan_input_axes', scanInputs),
      outputAxes: batched ? filled(1, scanOutputs) : list(ctx, 'scan_output_axes', scanOutputs),
      inputDirections: flags(ctx, batched ? 'directions' : 'scan_input_directions', scanInputs),
      outputDirections: batched ? filled(0, scanOutputs) : flags(ctx, 'scan_output_directions', scanOutputs),
    };
  },

  infer(ctx, view) {
    const infer = ctx.facts.inferGraph?.bind(ctx.facts);
    if (infer === undefined) return [];
    const body = loopBody(ctx);
    const slices: (ValueType | undefined)[] = [];
    for (let i = 0; i < view.scanInputs; i += 1) slices.push(sliceType(ctx, view, i));
    const initial: (ValueType | undefined)[] = [];
    for (let i = 0; i < view.states; i += 1) {
      const type = ctx.type(view.firstState + i);
      initial.push(view.batched ? withoutBatch(type) : type);
    }
    const settled = settleCarried(ctx, initial, (states) => infer(body, [...states, ...slices]), 0);
    return outputTypes(ctx, view, settled.final, settled.body);
  },
});

function filled(value: number, count: number): readonly number[] {
  return new Array<number>(count).fill(value);
}

function list(ctx: OpContext, name: string, count: number): readonly number[] {
  const values = ctx.intsAttribute(name);
  if (values === undefined || values.length === 0) return filled(0, count);
  if (values.length !== count) throw ctx.invalid(`${name} has ${values.length} entries instead of ${count}`);
  return values;
}

function flags(ctx: OpContext, name: string, count: number): readonly number[] {
  const values = list(ctx, name, count);
  for (const v of values) if (v !== 0 && v !== 1) throw ctx.invalid(`${name} must be 0 or 1, not ${v}`);
  return values;
}

function scanShape(ctx: OpContext, view: ScanView, i: number): Shape | undefined {
  return ctx.shape(view.firstState + view.states + i);
}

/** Type of one slice of scan input `i`. */
function sliceType(ctx: OpContext, view: ScanView, i: number): ValueType | undefined {
  const dtype = ctx.dtype(view.firstState + view.states + i);
  if (dtype === undefined) return undefined;
  const shape = scanShape(ctx, view, i);
  if (shape === undefined) return tensorType(dtype);
  const axis = axisOf(ctx, view.inputAxes[i] ?? 0, shape.length, 'scan_input_axes:');
  return tensorType(
    dtype,
    shape.filter((_, d) => d !== axis && !(view.batched && d === 0)),
  );
}

function withoutBatch(type: ValueType | undefined): ValueType | undefined {
  if (type?.kind !== 'tensor' || type.shape === undefined) return type;
  return tensorType(type.dtype, type.shape.slice(1));
}

/** Size of an axis that all scan inputs share. */
function commonDim(ctx: OpContext, view: ScanView, axisOfInput: (i: number) => number): Dim {
  let common: Dim | undefined;
  for (let i = 0; i < view.scanInputs; i += 1) {
    const shape = scanShape(ctx, view, i);
    if (shape === undefined) continue;
    const dim = shape[axisOf(ctx, axisOfInput(i), shape.length, 'scan axis')];
    if (dim === undefined) continue;
    if (common !== undefined && sameDim(common, dim) === 'no') {
      throw ctx.invalid('its scan inputs do not have one length');
    }
    if (common === undefined || typeof dim === 'number') common = dim;
  }
  return common ?? freshDim();
}

function outputTypes(
  ctx: OpContext,
  view: ScanView,
  states: readonly (ValueType | undefined)[],
  body: readonly (ValueType | undefined)[],
): readonly (ValueType | undefined)[] {
  const length = commonDim(ctx, view, (i) => view.inputAxes[i] ?? 0);
  const batch = view.batched ? [commonDim(ctx, view, () => 0)] : [];
  const types = states.map((type) => withLeading(type, batch));
  for (let i = 0; i < view.scanOutputs; i += 1) {
    const type = body[view.states + i];
    types.push(
      withLeading(stackedAt(ctx, type, length, view.batched ? 0 : (view.outputAxes[i] ?? 0)), batch),
    );
  }
  return types;
}

function withLeading(type: ValueType | undefined, dims: Shape): ValueType | undefined {
  if (type?.kind !== 'tensor' || type.shape === undefined) return type;
  return tensorType(type.dtype, [...dims, ...type.shape]);
}

function stackedAt(
  ctx: OpContext,
  type: ValueType | undefined,
  length: Dim,
  axis: number,
): ValueType | undefined {
  if (type?.kind !== 'tensor') return undefined;
  if (type.shape === undefined) return tensorType(type.dtype);
  const at = axisOf(ctx, axis, type.shape.length + 1, 'scan_output_axes:');
  return tensorType(type.dtype, [...type.shape.slice(0, at), length, ...type.shape.slice(at)]);
}
