import type { Node, OpContext } from '@refold/ir';
import type { NodeEvent } from '@refold/runtime';
import type { LinearLayer } from '../layers/linear-layer.ts';
import { addInputRows, forEachInputRow } from './input-rows.ts';
import { type Windows, windowsOf } from './windows.ts';

/** Second moments of what the weights of one group are multiplied with: H = sum of x x' / n, and the mean of x. */
export interface Gram {
  /** Weights of one output channel. */
  readonly size: number;
  /** Rows seen. */
  readonly count: number;
  /** Symmetric, row by row; empty where only means were gathered. */
  readonly moments: Float64Array;
  readonly mean: Float64Array;
}

/** Moments less those of the mean: what is left of an error when the bias takes its mean away. */
export function centred({ size, count, moments, mean }: Gram): Gram {
  const less = Float64Array.from(moments, (h, i) => {
    const [row, column] = [Math.floor(i / size), i % size];
    return h - (mean[row] as number) * (mean[column] as number);
  });
  return { size, count, moments: less, mean: new Float64Array(size) };
}

/** Sums of what the weights of each group of a layer are multiplied with, and how many rows they are of. */
export interface SavedMeans {
  readonly count: number;
  readonly sums: readonly (readonly number[])[];
}

/**
 * What a `GramCollector` gathers of the data of layers: means [K], and moments [K, K] of float64, for each group, where K
 * is the number of elements that an output sums over.
 */
export interface GramOptions {
  /** Rows that are taken of one tensor; 256 when absent. */
  readonly rows?: number;
  /** Whether more is gathered than means; true when absent. */
  readonly moments?: boolean;
  /** What was seen of layers in an earlier run. Means go on from it; moments are of this run alone, with means of their own. */
  readonly earlier?: (node: Node) => SavedMeans | undefined;
}

/**
 * Gathers moments of the data of layers while a model runs, of which `see` is told, one sum after the other: `size * size` doubles for each
 * group of each layer, nothing else. Of layers that see their data transposed (`ConvTranspose`), none are gathered.
 */
export class GramCollector {
  private readonly layers: ReadonlyMap<Node, LinearLayer>;
  private readonly sums = new Map<Node, GramSums[]>();
  /** Those of the sizes that came last. */
  private readonly windows = new Map<Node, Windows>();
  private readonly rows: number;
  private readonly moments: boolean;

  constructor(layers: Iterable<LinearLayer>, options: GramOptions = {}) {
    this.layers = new Map([...layers].filter((l) => !l.node.is('ConvTranspose')).map((l) => [l.node, l]));
    this.rows = options.rows ?? 256;
    this.moments = options.moments ?? true;
    for (const [node, layer] of this.layers) {
      const before = options.earlier?.(node);
      if (before && before.sums.length === layer.group) this.sums.set(node, this.sumsFor(layer, before));
    }
  }

  /** The moments of each group of a layer; undefined when nothing was seen. */
  of(layer: LinearLayer): readonly Gram[] | undefined {
    return this.sums.get(layer.node)?.map((sums) => sums.gram());
  }

  /** What would have been seen, had each input channel of a layer been multiplied by a factor. */
  scaleInputs({ node, inputs, group, window }: LinearLayer, factors: Float64Array): void {
    const size = (inputs / group) * window;
    this.sums.get(node)?.forEach((sums, g) => {
      sums.scale(
        Float64Array.from({ length: size }, (_, k) => factors[Math.floor((g * size + k) / window)] ?? 1),
      );
    });
  }

  /** What means are made of, by layer, to go on from another time. */
  means(): ReadonlyMap<Node, SavedMeans> {
    return new Map(
      [...this.sums].map(([node, groups]) => [
        node,
        { count: groups[0]?.count ?? 0, sums: groups.map((g) => [...g.sums]) },
      ]),
    );
  }

  /** To be called with every node that runs. */
  see({ node, op, inputs }: NodeEvent): void {
    const layer = this.layers.get(node);
    const data = inputs[0];
    if (!layer || data?.kind !== 'tensor') return;
    const sums = this.sums.get(node) ?? this.sumsFor(layer);
    this.sums.set(node, sums);
    const windows = this.windowsOf(layer, op, data.dims);
    if (this.moments) {
      forEachInputRow(layer, windows, data, this.rows, (g, row) => sums[g]?.add(row));
      return;
    }
    const into = sums.map((group) => group.sums);
    const count = addInputRows(layer, windows, data, this.rows, into);
    for (const group of sums) group.count += count;
  }

  private windowsOf(layer: LinearLayer, op: OpContext, dims: readonly number[]): Windows | undefined {
    const { node } = layer;
    if (!node.is('Conv')) return undefined;
    const last = this.windows.get(node);
    if (last?.dims.length === dims.length && last.dims.every((d, i) => d === dims[i])) return last;
    const windows = windowsOf(layer, op, dims, this.rows);
    this.windows.set(node, windows);
    return windows;
  }

  private sumsFor(layer: LinearLayer, before?: SavedMeans): GramSums[] {
    const size = (layer.inputs / layer.group) * layer.window;
    return Array.from(
      { length: layer.group },
      (_, g) => new GramSums(size, this.moments, before?.count, before?.sums[g]),
    );
  }
}

/** Bytes that gathering the moments of a layer takes. */
export function gramBytes({ inputs, group, window }: LinearLayer): number {
  return group * ((inputs / group) * window) ** 2 * 8;
}

/** Sums, and, if they are wanted, sums of products of pairs; of each pair once. */
class GramSums {
  readonly sums: Float64Array;
  count: number;
  private readonly size: number;
  private readonly products: Float64Array | undefined;
  /** Where products began, whose means are those of the same rows. */
  private readonly first: { readonly count: number; readonly sums: Float64Array };

  constructor(size: number, moments: boolean, count = 0, sums: readonly number[] = []) {
    this.size = size;
    this.products = moments ? new Float64Array(size * size) : undefined;
    this.sums = new Float64Array(size);
    this.sums.set(sums.slice(0, size));
    this.count = count;
    this.first = moments ? { count, sums: this.sums.slice() } : { count: 0, sums: new Float64Array(size) };
  }

  add(row: Float64Array): void {
    const size = this.size;
    const products = this.products;
    this.count += 1;
    for (let i = 0; i < size; i += 1) {
      const x = row[i] as number;
      // Behind a Relu, half of all are zero.
      if (x === 0) continue;
      this.sums[i] = (this.sums[i] as number) + x;
      if (!products) continue;
      const at = i * size;
      for (let j = i; j < size; j += 1)
        products[at + j] = (products[at + j] as number) + x * (row[j] as number);
    }
  }

  scale(factors: Float64Array): void {
    const { size, sums, products } = this;
    for (let i = 0; i < size; i += 1) {
      const factor = factors[i] as number;
      sums[i] = (sums[i] as number) * factor;
      for (let j = i; products && j < size; j += 1)
        products[i * size + j] = (products[i * size + j] as number) * factor * (factors[j] as number);
    }
  }

  gram(): Gram {
    const { size, products, first } = this;
    const count = this.count - first.count;
    const n = Math.max(1, count);
    const moments = new Float64Array(products ? size * size : 0);
    for (let i = 0; products && i < size; i += 1) {
      for (let j = i; j < size; j += 1) {
        const h = (products[i * size + j] as number) / n;
        moments[i * size + j] = h;
        moments[j * size + i] = h;
      }
    }
    const mean = this.sums.map((s, i) => (s - (first.sums[i] as number)) / n);
    return { size, count, moments, mean };
  }
}
