import { mulDims, type Node, sameShape, shapeOf, tensorFloats, type Value } from '@refold/ir';
import { type Builder, constantOf } from '@refold/matcher';
import { producerOf, viewInts, viewNumber } from '../support/view.ts';
import { isSame } from './sizes.ts';

/** Heads [B, H, L, D] of a value [B, L, H * D], and how they are made. */
export interface FlatHeads {
  readonly heads: number;
  readonly source: Source;
  /** The RotaryEmbedding that turns the heads. */
  readonly rotary?: Node | undefined;
}

type Source =
  /** [B, L, H * D]. */
  | { readonly kind: 'flat'; readonly x: Value }
  /** [L, B, H * D]. */
  | { readonly kind: 'lengths-first'; readonly x: Value }
  /** [B, L, H, D]. */
  | { readonly kind: 'split'; readonly x: Value; readonly width: number }
  /** Part `index` of `count` equal ones, side by side in [B, L, count * H * D]. */
  | {
      readonly kind: 'part';
      readonly x: Value;
      readonly index: number;
      readonly count: number;
      readonly width: number;
    };

/** Undefined where a value is not made of heads that lie side by side, or their number is not known. */
export function flatHeadsOf(value: Value): FlatHeads | undefined {
  const rotary = producerOf(value, 'RotaryEmbedding');
  const [turned] = rotary?.inputs ?? [];
  if (rotary && turned) {
    const inner = flatHeadsOf(turned);
    return inner && !inner.rotary ? { ...inner, rotary } : undefined;
  }
  const shape = shapeOf(value);
  const [heads, size] = [shape?.[1], shape?.[3]];
  if (shape?.length !== 4 || typeof heads !== 'number' || typeof size !== 'number') return undefined;
  const width = heads * size;
  const source = transposed(value, width) ?? single(value) ?? lengthsFirst(value) ?? part(value, width);
  return source && { heads, source };
}

function isOrder(node: Node, order: readonly number[]): boolean {
  const perm = viewInts(node, 'perm');
  return perm?.length === order.length && order.every((axis, i) => axis === perm[i]);
}

/** By Transpose, of heads that a Reshape makes or that come as they are. */
function transposed(value: Value, width: number): Source | undefined {
  const node = producerOf(value, 'Transpose');
  const x = node?.inputs[0];
  if (!node || !x || !isOrder(node, [0, 2, 1, 3])) return undefined;
  const flat = producerOf(x, 'Reshape')?.inputs[0];
  return flat && isFlat(flat, x, 2) ? { kind: 'flat', x: flat } : { kind: 'split', x, width };
}

/** [L, B, H * D] by way of [L, B * H, D] and [B * H, L, D]. */
function lengthsFirst(value: Value): Source | undefined {
  const node = producerOf(producerOf(value, 'Reshape')?.inputs[0], 'Transpose');
  const x = producerOf(node?.inputs[0], 'Reshape')?.inputs[0];
  const [from, middle, to] = [shapeOf(x), shapeOf(node?.inputs[0]), shapeOf(value)];
  if (!node || !x || from?.length !== 3 || middle?.length !== 3 || to?.length !== 4) return undefined;
  const [batch = 0, heads = 0, length, size = 0] = to;
  const fits = [
    [from[0], length],
    [from[1], batch],
    [from[2], mulDims(heads, size)],
    [middle[0], length],
    [middle[1], mulDims(batch, heads)],
    [middle[2], size],
  ].every(([a, b]) => isSame(a, b));
  return fits && isOrder(node, [1, 0, 2]) ? { kind: 'lengths-first', x } : undefined;
}

/** Heads of one position only, which no Transpose has to move. */
function single(value: Value): Source | undefined {
  const flat = producerOf(value, 'Reshape')?.inputs[0];
  const isOne = shapeOf(value)?.[2] === 1 && shapeOf(flat)?.[1] === 1;
  return flat && isOne && isFlat(flat, value, 1) ? { kind: 'flat', x: flat } : undefined;
}

/** Whether a value [B, L, ...] has the last axes of `split`, from that of the heads on, side by side. */
function isFlat(flat: Value, split: Value, heads: number): boolean {
  const [from, to] = [shapeOf(flat), shapeOf(split)];
  if (from?.length !== 3 || !to || !isSame(from[0], to[0])) return false;
  if (heads === 2 && !isSame(from[1], to[1])) return false;
  const rest = heads === 2 ? to.slice(2) : [to[1] ?? 0, to[3] ?? 0];
  return isSame(
    from[2],
    rest.reduce((a, b) => mulDims(a, b), 1),
  );
}

/** One of several operands that one product makes: [B, L, count, H, D], moved to [count, B, H, L, D] and taken apart. */
function part(value: Value, width: number): Source | undefined {
  const taken = takenFrom(value);
  const node = taken && producerOf(taken.from, 'Transpose');
  const split = node?.inputs[0];
  if (!taken || !node || !split || !isOrder(node, [2, 0, 3, 1, 4])) return undefined;
  const flat = producerOf(split, 'Reshape')?.inputs[0];
  const count = shapeOf(split)?.[2];
  if (!flat || typeof count !== 'number' || !isFlat(flat, split, 2)) return undefined;
  return { kind: 'part', x: flat, index: taken.index, count, width };
}

/** Element `index` along the first axis of another value, without that axis. */
function takenFrom(value: Value): { readonly from: Value; readonly index: number } | undefined {
  const gather = producerOf(value, 'Gather');
  const [data, place] = gather?.inputs ?? [];
  if (gather && data && place) {
    const [index, count] = [constantOf(place), shapeOf(data)?.[0]];
    if (viewNumber(gather, 'axis') !== 0 || index?.rank !== 0 || typeof count !== 'number') return undefined;
    const at = tensorFloats(index)[0] ?? 0;
    return { from: data, index: at < 0 ? at + count : at };
  }
  const piece = producerOf(value, 'Squeeze', 'Reshape')?.inputs[0];
  const split = producerOf(piece, 'Split');
  const [from] = split?.inputs ?? [];
  if (!piece || !split || !from || viewNumber(split, 'axis') !== 0) return undefined;
  const [before, after] = [shapeOf(piece), shapeOf(value)];
  const drops = before?.length === 5 && before[0] === 1 && sameShape(before.slice(1), after) === 'yes';
  return drops ? { from, index: piece.index } : undefined;
}

/** Makes values [B, L, H * D] of heads; equal parts of one value are made by one Split. */
export class Flattening {
  private readonly b: Builder;
  private readonly parts: Map<Value, readonly Value[]> = new Map();

  constructor(b: Builder) {
    this.b = b;
  }

  of({ heads, source, rotary }: FlatHeads): Value {
    const flat = this.plain(source);
    if (!rotary) return flat;
    const [, ...tables] = rotary.inputs;
    const attributes = { ...Object.fromEntries(rotary.attributes), num_heads: heads };
    return this.b.node('RotaryEmbedding', [flat, ...tables], attributes);
  }

  private plain(source: Source): Value {
    if (source.kind === 'flat') return source.x;
    if (source.kind === 'lengths-first') return this.b.node('Transpose', [source.x], { perm: [1, 0, 2] });
    if (source.kind === 'split') return this.b.node('Reshape', [source.x, this.b.ints([0, 0, source.width])]);
    const { x, index, count, width } = source;
    const parts =
      this.parts.get(x) ?? this.b.nodeN('Split', count, [x, this.sizes(count, width)], { axis: 2 });
    this.parts.set(x, parts);
    return parts[index] ?? this.b.fail('part-is-missing', x.name);
  }

  private sizes(count: number, width: number): Value {
    return this.b.ints(new Array<number>(count).fill(width));
  }
}
