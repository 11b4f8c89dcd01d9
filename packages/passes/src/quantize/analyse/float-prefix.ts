import {
  constantTensor,
  Editor,
  type Graph,
  type Model,
  type Node,
  type Tensor,
  type Value,
} from '@refold/ir';
import { type NdArray, type NdValue, tensorFromNd } from '@refold/runtime';
import { eraseDead } from '../../support/erase-dead.ts';
import { bytesOf } from '../feeds.ts';
import type { OutputErrors, Run, SampleRange } from './output-errors.ts';

/** Bytes that values of all samples may take together where a graph is cut. */
const ROOM: number = 2 ** 28;

/**
 * What a float model has computed of some samples up to a node of its main graph: the values that are read from there
 * on. What follows can then be changed and run again and again without what comes before.
 */
export class FloatPrefix implements Run {
  readonly range: SampleRange;
  private readonly model: Model;
  private readonly outputs: OutputErrors;
  private readonly room: number;
  /** Values that nodes before the place compute, and nodes behind it read. */
  private live: readonly Value[] = [];
  /** What they hold, by name, sample after sample. */
  private held: readonly ReadonlyMap<string, NdValue>[] = [];
  /** Those that are the same in all samples, and that sizes may depend on. */
  private same: ReadonlyMap<string, Tensor> = new Map();

  constructor(model: Model, outputs: OutputErrors, range: SampleRange, room: number = ROOM) {
    this.model = model;
    this.outputs = outputs;
    this.range = range;
    this.room = room;
  }

  /** Goes on to a node of the main graph. Stays where it is if what is live there takes too much room. */
  moveTo(node: Node): void {
    const { model, outputs } = this;
    const live = liveBefore(model.graph, node);
    const names = live.map(({ name }) => name);
    const known = new Set(this.live);
    const editor = new Editor(model);
    editor.begin();
    try {
      editor.setOutputs(
        model.graph,
        live.filter((value) => !known.has(value)),
      );
      this.cut(editor);
      const held: ReadonlyMap<string, NdValue>[] = [];
      let bytes = 0;
      for (const { sample, found } of outputs.results(model, this)) {
        const all = new Map([...this.valuesOf(sample), ...found]);
        const kept = new Map<string, NdValue>();
        for (const name of names) {
          const value = all.get(name);
          if (value) kept.set(name, value);
        }
        bytes += bytesOf(kept);
        if (bytes > this.room) return;
        held.push(kept);
      }
      this.live = live;
      this.held = held;
      this.same = sameInAll(live, held);
    } finally {
      editor.rollback();
    }
  }

  /**
   * Takes what was computed out of the graph, within a transaction of the caller: its results become inputs, or
   * initializers where all samples have the same sizes or indices, so that these are known before a run.
   */
  cut(editor: Editor): void {
    const { graph } = this.model;
    for (const value of this.live) {
      const { name, type, declared } = value;
      const tensor = this.same.get(name);
      editor.rename(value, editor.freshName(name));
      const spec = { name, type, declared, tensor };
      const known = tensor ? editor.addInitializer(graph, spec) : editor.addInput(graph, spec);
      editor.replaceAllUses(value, known);
    }
    eraseDead(editor, [...graph.nodes()]);
  }

  /** What a sample holds where the graph is cut. */
  valuesOf(sample: number): ReadonlyMap<string, NdValue> {
    return this.held[sample - this.range.from] ?? new Map();
  }

  /** What is fed in place of values that the cut made inputs. */
  feedsOf(sample: number): ReadonlyMap<string, NdValue> {
    const same = this.same;
    return new Map([...this.valuesOf(sample)].filter(([name]) => !same.has(name)));
  }
}

/** The results of nodes before one of the main graph that it, or something behind it, reads; constants left out. */
function liveBefore(graph: Graph, place: Node): readonly Value[] {
  const live: Value[] = [];
  for (const node of graph.nodes()) {
    if (node === place) break;
    for (const value of node.outputs) {
      if (value && !constantTensor(value) && isReadFrom(graph, place, value)) live.push(value);
    }
  }
  return live;
}

function isReadFrom(graph: Graph, place: Node, value: Value): boolean {
  for (const use of value.uses()) {
    const reader = use.node ?? (use.graph?.owner?.kind === 'node' ? use.graph.owner.node : undefined);
    if (!reader || !graph.isBefore(inGraph(graph, reader), place)) return true;
  }
  return false;
}

/** The node of a graph that a node is, or is nested in. */
export function inGraph(graph: Graph, node: Node): Node {
  let found = node;
  while (found.graph !== graph && found.graph?.owner?.kind === 'node') found = found.graph.owner.node;
  return found;
}

/** Sizes, indices and conditions that are the same in all samples, by name. */
function sameInAll(
  live: readonly Value[],
  [first, ...others]: readonly ReadonlyMap<string, NdValue>[],
): ReadonlyMap<string, Tensor> {
  const same = new Map<string, Tensor>();
  for (const { name } of live) {
    const value = first?.get(name);
    if (value?.kind !== 'tensor' || !discrete.has(value.dtype)) continue;
    if (others.every((other) => isSame(value, other.get(name)))) same.set(name, tensorFromNd(value));
  }
  return same;
}

const discrete: ReadonlySet<string> = new Set(['int64', 'int32', 'bool']);

function isSame(a: NdArray, b: NdValue | undefined): boolean {
  if (b?.kind !== 'tensor' || a.dtype !== b.dtype || a.data.length !== b.data.length) return false;
  if (a.rank !== b.rank || a.dims.some((d, i) => d !== b.dims[i])) return false;
  for (let i = 0; i < a.data.length; i += 1) if (a.data[i] !== b.data[i]) return false;
  return true;
}
