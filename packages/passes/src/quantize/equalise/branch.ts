import { constantTensor, dtypeOf, type Editor, type Node, type Value } from '@refold/ir';
import { type Reach, reachOf } from '../layers/reach.ts';
import { type ChannelSource, channelSource } from './channel-source.ts';
import { scaleChannels } from './scale-channels.ts';

/** Far more operators than any branch has between its layer and where it meets others. */
const MOST_STEPS = 64;

/** The start of a branch, and all that it gets to. */
export interface Branch {
  readonly source: ChannelSource;
  readonly reach: Reach;
}

/**
 * Whether a value can be multiplied by a power of two, and all that reads it divided by that, without changing a bit
 * of what comes out: it is made by a layer with constant weights, through positively homogeneous operators, and such
 * layers alone read it in the end. The types of the model must have been inferred.
 */
export function isScalableBranch(value: Value): boolean {
  return branchOf(value) !== undefined;
}

/**
 * Branch equalisation: multiplies a value by `2 ** exponent` at the layer that makes it, and divides behind. Nothing
 * is changed, and the answer is false, when that is not possible or weights would lose bits.
 */
export function equaliseBranch(editor: Editor, value: Value, exponent: number): boolean {
  const branch = branchOf(value);
  return branch !== undefined && scaleBranch(editor, branch, exponent);
}

/** The same for a branch that was found. Weights must not have changed since. */
export function scaleBranch(editor: Editor, { source, reach }: Branch, exponent: number): boolean {
  if (!Number.isInteger(exponent)) return false;
  const factors = new Float64Array(source.channels).fill(2 ** exponent);
  return scaleChannels(editor, source, reach, factors);
}

/** The branch that a value is on. */
export function branchOf(value: Value): Branch | undefined {
  const source = sourceOf(value);
  const reach = source && reachOf(source.value, source.axis, true);
  return source && reach && { source, reach };
}

/** The layer or normalisation at the start of the chain that ends with a value. The walk forward judges the chain. */
function sourceOf(value: Value): ChannelSource | undefined {
  let at: Value | undefined = value;
  for (let steps = 0; at && steps < MOST_STEPS; steps += 1) {
    const { producer }: Value = at;
    const source = producer && at.index === 0 ? channelSource(producer) : undefined;
    if (source) return source;
    at = producer && dataOperand(producer);
  }
  return undefined;
}

/** The one operand that is computed. A `Concat` joins several chains, even of one that is computed. */
function dataOperand(node: Node): Value | undefined {
  const computed = node.inputs.filter((v) => dtypeOf(v) === 'float32' && v && !constantTensor(v));
  return computed.length === 1 && !node.is('Concat') ? computed[0] : undefined;
}
