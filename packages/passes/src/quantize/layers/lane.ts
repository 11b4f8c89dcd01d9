import { type Node, shapeOf, staticShape, type Value } from '@refold/ir';
import { constantFloats, keepsShape, splatOf } from '../../support/constants.ts';
import { viewFlag, viewInts, viewNumber, viewText } from '../../support/view.ts';

/**
 * Where the channels of some tensor are after operators that move them: channel `c` is what lies at indices from
 * `from + c * repeat` up to the next one, along `axis` of `value`.
 */
export interface Lane {
  readonly value: Value;
  readonly axis: number;
  readonly from: number;
  readonly repeat: number;
}

/**
 * The lane behind a node that reads a lane as operand `input`, when the node is positively homogeneous (multiplying a
 * channel by a positive factor multiplies its result by the same) and keeps channels apart; undefined otherwise.
 *
 * @param alike whether the lane is all of its value, and all channels have one factor: then they may be moved about.
 */
export function laneBehind(node: Node, input: number, lane: Lane, alike = false): Lane | undefined {
  if (node.domain !== '' || node.graph?.model.functionOf(node)) return undefined;
  const rule = rules.get(node.opType);
  const value = node.outputs[0];
  if (!rule || !value || node.outputs.slice(1).some((o) => o && o.useCount > 0)) return undefined;
  return rule(node, input, { ...lane, value }, alike);
}

/** `lane` is that of the operand, with the result as its value. */
type LaneRule = (node: Node, input: number, lane: Lane, alike: boolean) => Lane | undefined;

const kept: LaneRule = (_, input, lane) => (input === 0 ? lane : undefined);

/** Windows over the spatial axes, and means over all of them. */
const spatial: LaneRule = (_, input, lane) => (input === 0 && lane.axis === 1 ? lane : undefined);

/** Elements of one value alone, from wherever; zeros may come in. */
const moved: LaneRule = (node, input, lane, alike) =>
  input === 0 && alike && sameAlong(node, lane.axis) ? lane : undefined;

const timesConstant: LaneRule = (node, input, lane) => {
  const [data, factor] = [node.inputs[input], node.inputs[1 - input]];
  if (!data || !factor || !constantFloats(factor)) return undefined;
  return keepsShape(factor, data) ? lane : undefined;
};

const rules: ReadonlyMap<string, LaneRule> = new Map<string, LaneRule>([
  ['Identity', kept],
  ['Relu', kept],
  ['LeakyRelu', kept],
  ['Abs', kept],
  ['Neg', kept],
  [
    'Dropout',
    (node, input, lane) => (input === 0 && viewFlag(node, 'training') === false ? lane : undefined),
  ],
  [
    'PRelu',
    (node, input, lane) => {
      const [data, slope] = node.inputs;
      return input === 0 && data && slope && constantFloats(slope) && keepsShape(slope, data)
        ? lane
        : undefined;
    },
  ],
  ['Mul', timesConstant],
  ['Div', (node, input, lane, alike) => (input === 0 ? timesConstant(node, input, lane, alike) : undefined)],
  ['MaxPool', spatial],
  ['AveragePool', spatial],
  ['GlobalAveragePool', spatial],
  ['GlobalMaxPool', spatial],
  [
    'Resize',
    (node, input, lane) => {
      const linear = ['nearest', 'linear'].includes(viewText(node, 'mode') ?? '');
      return input === 0 && linear && sameAlong(node, lane.axis) ? lane : undefined;
    },
  ],
  ['ReduceMean', (node, input, lane) => (input === 0 ? behindReduction(node, lane) : undefined)],
  ['ReduceMax', (node, input, lane) => (input === 0 ? behindReduction(node, lane) : undefined)],
  ['ReduceSum', (node, input, lane) => (input === 0 ? behindReduction(node, lane) : undefined)],
  [
    'Transpose',
    (node, _, lane) => {
      const axis = viewInts(node, 'perm')?.indexOf(lane.axis);
      return axis === undefined || axis < 0 ? undefined : { ...lane, axis };
    },
  ],
  ...['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'].map((name): [string, LaneRule] => [
    name,
    (node, input, lane) => (input === 0 ? behindReshape(node, lane) : undefined),
  ]),
  ['Concat', behindConcat],
  ...['Slice', 'Gather', 'Expand', 'Tile'].map((name): [string, LaneRule] => [name, moved]),
  [
    'Pad',
    (node, input, lane, alike) => {
      const filling = node.inputs[2];
      const isZero = viewText(node, 'mode') !== 'constant' || !filling || splatOf(filling) === 0;
      return isZero ? moved(node, input, lane, alike) : undefined;
    },
  ],
]);

/** Whether an axis keeps its known size. */
function sameAlong(node: Node, axis: number): boolean {
  const [before, after] = [shapeOf(node.inputs[0])?.[axis], shapeOf(node.outputs[0])?.[axis]];
  return typeof before === 'number' && before === after;
}

function behindReduction(node: Node, lane: Lane): Lane | undefined {
  const axes = viewInts(node, 'axes');
  const keepdims = viewFlag(node, 'keepdims');
  if (!axes || keepdims === undefined || axes.includes(lane.axis)) return undefined;
  return keepdims ? lane : { ...lane, axis: lane.axis - axes.filter((a) => a < lane.axis).length };
}

/** In row-major order, a step along the axis is as many elements as before; that must be an axis of the result. */
function behindReshape(node: Node, lane: Lane): Lane | undefined {
  const before = shapeOf(node.inputs[0]);
  const after = shapeOf(lane.value);
  const size = before?.[lane.axis];
  const inner = before && staticShape(before.slice(lane.axis + 1))?.reduce((a, d) => a * d, 1);
  if (!after || typeof size !== 'number' || inner === undefined || inner === 0) return undefined;
  for (let axis = after.length - 1, step = 1; axis >= 0; axis -= 1) {
    const d = after[axis];
    if (typeof d !== 'number' || d === 0) return undefined;
    const spread = inner / step;
    if (Number.isInteger(spread) && d === size * spread)
      return { ...lane, axis, from: lane.from * spread, repeat: lane.repeat * spread };
    step *= d;
  }
  return undefined;
}

function behindConcat(node: Node, input: number, lane: Lane): Lane | undefined {
  const axis = viewNumber(node, 'axis');
  if (axis === undefined) return undefined;
  if (axis !== lane.axis) return undefined;
  let { from } = lane;
  for (const value of node.inputs.slice(0, input)) {
    const size = shapeOf(value)?.[axis];
    if (typeof size !== 'number') return undefined;
    from += size;
  }
  return { ...lane, from };
}
