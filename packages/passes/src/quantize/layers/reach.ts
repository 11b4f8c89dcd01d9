import { constantTensor, type Node, shapeOf, type Value } from '@refold/ir';
import { keepsShape } from '../../support/constants.ts';
import { type Lane, laneBehind } from './lane.ts';
import { type LinearLayer, linearLayer } from './linear-layer.ts';

/** A layer that reads channels as its input channels `from + c * repeat` up to the next. */
export interface Sink {
  readonly layer: LinearLayer;
  readonly from: number;
  readonly repeat: number;
}

/** A constant, operand `input` of an `Add` or `Sub`, that is added to channels on the way. */
export interface Addend {
  readonly node: Node;
  readonly input: number;
  readonly lane: Lane;
}

/** All that the channels of a value get to. */
export interface Reach {
  readonly sinks: readonly Sink[];
  readonly addends: readonly Addend[];
  /** Where the channels lie on the way, the first place among them. */
  readonly lanes: readonly Lane[];
}

/** More ways than this through a graph, as nested Concats of one value with itself make, are not followed. */
const MOST_LANES = 1024;

/**
 * Follows the channels of a value, along an axis, through positively homogeneous operators, to the layers with
 * constant weights that read them. Undefined when anything else reads them: then no channel can be multiplied on the
 * way.
 *
 * @param alike whether all channels are to have one factor.
 */
export function reachOf(value: Value, axis: number, alike = false): Reach | undefined {
  const sinks: Sink[] = [];
  const addends: Addend[] = [];
  const lanes: Lane[] = [];
  const channels = shapeOf(value)?.[axis];
  const open: Lane[] = [{ value, axis, from: 0, repeat: 1 }];
  for (;;) {
    const lane = open.pop();
    if (!lane) return sinks.length > 0 ? { sinks, addends, lanes } : undefined;
    if (lanes.length > MOST_LANES) return undefined;
    lanes.push(lane);
    const isAll =
      alike && typeof channels === 'number' && lane.repeat * channels === shapeOf(lane.value)?.[lane.axis];
    for (const { node, index } of lane.value.uses()) {
      if (!node || node.graph !== value.producer?.graph) return undefined;
      const layer = index === 0 ? linearLayer(node) : undefined;
      if (layer) {
        if (layer.dataAxis !== lane.axis) return undefined;
        sinks.push({ layer, from: lane.from, repeat: lane.repeat });
        continue;
      }
      const added = addendOf(node, index, lane);
      const behind = added?.behind ?? laneBehind(node, index, lane, isAll);
      if (!behind) return undefined;
      if (added) addends.push(added.addend);
      open.push(behind);
    }
  }
}

/** A node that adds a constant, of one element a channel, to a lane. */
function addendOf(
  node: Node,
  index: number,
  lane: Lane,
): { readonly addend: Addend; readonly behind: Lane } | undefined {
  const isSum = node.is('Add') || (node.is('Sub') && index === 0);
  const other = node.inputs[1 - index];
  const behind = node.outputs[0];
  const tensor = other && isSum ? constantTensor(other) : undefined;
  const rank = shapeOf(lane.value)?.length;
  if (!other || !tensor || !behind || rank === undefined || !keepsShape(other, lane.value)) return undefined;
  // Counted from the end, as broadcasting does.
  const channels = shapeOf(lane.value)?.[lane.axis];
  if (tensor.size !== channels || tensor.dims[lane.axis - rank + tensor.rank] !== channels) return undefined;
  return { addend: { node, input: 1 - index, lane }, behind: { ...lane, value: behind } };
}
