import type { Editor, Value } from '@refold/ir';
import { channelRanges, magnitudesOf } from '../layers/channel-ranges.ts';
import { type LinearLayer, linearLayers } from '../layers/linear-layer.ts';
import { type Reach, reachOf } from '../layers/reach.ts';
import { type ChannelSource, channelSource } from './channel-source.ts';
import { inputFactors, scaleChannels, sinksByLayer } from './scale-channels.ts';

/** How `equaliseLayers` chooses the factor of each channel. */
export interface EqualiseOptions {
  /** Whether factors are powers of two, with which the model computes the same to the bit; true when absent. */
  readonly powersOfTwo?: boolean;
  /** How often to go over all pairs: a layer between two others is in two pairs. 4 when absent. */
  readonly sweeps?: number;
  /** Largest magnitudes of channels where layers give them: then these are balanced, else those of the weights. */
  readonly activations?: ReadonlyMap<Value, Float64Array>;
}

/** Layers that were balanced with what reads them, and those that could not be. */
export interface Equalised {
  readonly layers: number;
  /** Names of results, the constants of which would have left float32, or lost bits. */
  readonly refused: readonly string[];
}

/**
 * Cross-layer equalisation: where channels go from one layer through positively homogeneous operators to other
 * layers alone, multiplies each channel so that it is as large among the outputs of the first as among the inputs of
 * the others. Factors are positive, and all biases go along. The types of the model must have been inferred.
 */
export function equaliseLayers(editor: Editor, options: EqualiseOptions = {}): Equalised {
  const { powersOfTwo = true, sweeps = 4, activations } = options;
  const layers = linearLayers(editor.model.graph.nodes());
  const states = new Map(layers.map((layer) => [layer.node, new LayerState(layer)]));
  const pairs = layers.flatMap((layer) => pairOf(layer) ?? []);
  for (let i = 0; i < sweeps; i += 1) {
    for (const pair of pairs) balance(pair, states, activations?.get(pair.source.value));
  }
  const refused: string[] = [];
  let changed = 0;
  for (const { source } of pairs) {
    const factors = states.get(source.node)?.outputs.map(powersOfTwo ? nearestPower : Number);
    if (!factors || factors.every((f) => f === 1)) continue;
    // Weights have changed since: what was found of them before is out of date.
    const [now, reach] = [channelSource(source.node), reachOf(source.value, source.axis)];
    if (now && reach && scaleChannels(editor, now, reach, factors)) changed += 1;
    else refused.push(source.value.name);
  }
  return { layers: changed, refused };
}

interface Pair {
  readonly source: ChannelSource;
  readonly reach: Reach;
}

/** What the channels of a layer are to be multiplied by, and how large its weights are. */
class LayerState {
  readonly layer: LinearLayer;
  readonly magnitudes: Float64Array;
  readonly outputs: Float64Array;
  readonly inputs: Float64Array;

  constructor(layer: LinearLayer) {
    this.layer = layer;
    this.magnitudes = magnitudesOf(layer);
    this.outputs = new Float64Array(layer.outputs).fill(1);
    this.inputs = new Float64Array(layer.inputs).fill(1);
  }

  ranges(side: 'outputs' | 'inputs'): Float64Array {
    return channelRanges(this.layer, this.magnitudes, side, this.outputs, this.inputs);
  }
}

function pairOf(layer: LinearLayer): Pair | undefined {
  const source = channelSource(layer.node);
  const reach = source && reachOf(source.value, source.axis);
  return source && reach && { source, reach };
}

/** Multiplies each channel of a source by sqrt(r2 / r1), where r1 is its range before, and r2 behind. */
function balance(
  { source, reach }: Pair,
  states: ReadonlyMap<LinearLayer['node'], LayerState>,
  seen: Float64Array | undefined,
): void {
  const state = states.get(source.node);
  if (!state) return;
  const before = seen ? seen.map((r, c) => r * (state.outputs[c] as number)) : state.ranges('outputs');
  const behind = new Float64Array(source.channels);
  const readers = sinksByLayer(reach.sinks).flatMap(([layer, sinks]) => {
    const reader = states.get(layer.node);
    return reader ? [{ reader, sinks }] : [];
  });
  for (const { reader, sinks } of readers) {
    const ranges = reader.ranges('inputs');
    for (const { from, repeat } of sinks) {
      for (let i = 0; i < repeat * source.channels; i += 1) {
        const c = Math.floor(i / repeat);
        behind[c] = Math.max(behind[c] as number, ranges[from + i] as number);
      }
    }
  }
  const factors = before.map((r1, c) => factorOf(r1, behind[c] as number));
  for (let c = 0; c < factors.length; c += 1)
    state.outputs[c] = (state.outputs[c] as number) * (factors[c] as number);
  for (const { reader, sinks } of readers) {
    const divided = inputFactors(reader.layer, sinks, factors);
    for (let i = 0; i < divided.length; i += 1)
      reader.inputs[i] = (reader.inputs[i] as number) * (divided[i] as number);
  }
}

/** Channels without weights on one side stay as they are; so do those that already are balanced. */
function factorOf(before: number, behind: number): number {
  return before > 0 && behind > 0 ? Math.sqrt(behind / before) : 1;
}

function nearestPower(factor: number): number {
  return 2 ** Math.round(Math.log2(factor));
}
