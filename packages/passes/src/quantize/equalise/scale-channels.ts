import type { Editor } from '@refold/ir';
import { constantTensor } from '@refold/ir';
import type { LinearLayer } from '../layers/linear-layer.ts';
import type { Addend, Reach, Sink } from '../layers/reach.ts';
import { scaledVector, scaledWeight } from '../layers/scaled-weight.ts';
import type { ChannelSource, OperandEdit } from './channel-source.ts';

/**
 * Multiplies the channels of a source by positive factors, and divides by them where layers read the channels, so
 * that what the layers compute stays: to the bit, when factors are powers of two, unless something under- or overflows.
 * All changed constants are new ones. Nothing is changed, and the answer is false, when one would not be finite or
 * lose bits.
 */
export function scaleChannels(
  editor: Editor,
  source: ChannelSource,
  reach: Reach,
  factors: Float64Array,
): boolean {
  const exact = factors.every((f) => Number.isInteger(Math.log2(f)));
  const edits = [
    source.scaled(factors, exact),
    ...reach.addends.map((addend) => scaledAddend(addend, factors, exact)),
    ...sinksByLayer(reach.sinks).map(([layer, sinks]) => dividedSink(layer, sinks, factors, exact)),
  ];
  if (edits.some((e) => e === undefined)) return false;
  for (const edit of edits.flatMap((e) => e ?? [])) apply(editor, edit);
  return true;
}

/** The factor of each input channel of a layer that reads channels multiplied by `factors`. */
export function inputFactors(
  layer: LinearLayer,
  sinks: readonly Sink[],
  factors: Float64Array,
): Float64Array {
  const all = new Float64Array(layer.inputs).fill(1);
  for (const { from, repeat } of sinks) {
    for (let c = 0, i = from; c < factors.length; c += 1) {
      for (const end = i + repeat; i < end; i += 1) all[i] = 1 / (factors[c] as number);
    }
  }
  return all;
}

/** The sinks of each layer together: it may read channels in several places. */
export function sinksByLayer(sinks: readonly Sink[]): readonly (readonly [LinearLayer, readonly Sink[]])[] {
  const found = new Map<LinearLayer['node'], [LinearLayer, Sink[]]>();
  for (const sink of sinks) {
    const known = found.get(sink.layer.node);
    if (known) known[1].push(sink);
    else found.set(sink.layer.node, [sink.layer, [sink]]);
  }
  return [...found.values()];
}

function dividedSink(
  layer: LinearLayer,
  sinks: readonly Sink[],
  factors: Float64Array,
  exact: boolean,
): readonly OperandEdit[] | undefined {
  const tensor = scaledWeight(layer, 'inputs', inputFactors(layer, sinks, factors), exact);
  return tensor && [{ node: layer.node, input: 1, tensor }];
}

function scaledAddend(
  { node, input, lane }: Addend,
  factors: Float64Array,
  exact: boolean,
): readonly OperandEdit[] | undefined {
  const value = node.inputs[input];
  const tensor = value && constantTensor(value);
  if (!tensor) return undefined;
  const all = new Float64Array(tensor.size).fill(1);
  for (let c = 0, i = lane.from; c < factors.length; c += 1) {
    for (const end = i + lane.repeat; i < end; i += 1) all[i] = factors[c] as number;
  }
  const scaled = scaledVector(tensor, all, exact);
  return scaled && [{ node, input, tensor: scaled }];
}

function apply(editor: Editor, { node, input, tensor }: OperandEdit): void {
  const old = node.inputs[input];
  if (!old || !node.graph) return;
  editor.setOperand(node, input, editor.addConstant(node.graph, tensor, old.name));
  if (old.useCount === 0 && old.isInitializer) editor.removeInitializer(old);
}
