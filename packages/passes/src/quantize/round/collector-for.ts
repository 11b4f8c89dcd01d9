import type { Node } from '@refold/ir';
import { type LinearLayer, linearLayers } from '../layers/linear-layer.ts';
import { GramCollector, gramBytes, type SavedMeans } from './gram.ts';

/** Bytes that the moments of all layers may take. */
const MOST_BYTES = 2 ** 28;

/**
 * Gathers what weights are multiplied with: means alone, or moments of as many layers among some nodes as there is room
 * for, those that need least first.
 */
export function collectorFor(
  nodes: Iterable<Node>,
  moments: boolean,
  earlier: (node: Node) => SavedMeans | undefined,
): GramCollector {
  const layers: LinearLayer[] = [];
  let bytes = 0;
  for (const layer of linearLayers(nodes).toSorted((a, b) => gramBytes(a) - gramBytes(b))) {
    // What is shared keeps its codes.
    if (layer.weight.useCount > 1) continue;
    if (moments) bytes += gramBytes(layer);
    if (bytes > MOST_BYTES) break;
    layers.push(layer);
  }
  return new GramCollector(layers, { moments, earlier });
}
