/**
 * A stretch of the arena: a tensor in one form, or working memory. Where it lies is settled when the whole plan is
 * known, and settled anew when the arena moves; so kernels ask for `at` when they run.
 */
export class Place {
  readonly bytes: number;
  at = 0;
  /** The first and the last task that touches it. */
  from: number = Number.POSITIVE_INFINITY;
  to = -1;

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  touch(task: number): void {
    this.from = Math.min(this.from, task);
    this.to = Math.max(this.to, task);
  }
}

/** Something kept for all runs looks like a place that never moves. */
export interface Address {
  readonly at: number;
}

/**
 * How a tensor of floats lies in memory, always as float32: `plain` is row-major; `blocked` is an image [n, c, ...] in blocks of four
 * channels, [n][c / 4][pixels][4], the lanes beyond the last channel finite but otherwise of no meaning.
 */
export type Layout = 'plain' | 'blocked';

/** An image [n, c, ...] as kernels of blocks see it. */
export interface Image {
  readonly n: number;
  readonly c: number;
  readonly blocks: number;
  readonly h: number;
  readonly w: number;
  readonly pixels: number;
}

/** Tensors of rank 3 and 4 as images; others are none. */
export function imageOf(dims: readonly number[]): Image | undefined {
  if (dims.length !== 3 && dims.length !== 4) return undefined;
  const [n = 1, c = 1] = dims;
  const h = dims.length === 4 ? (dims[2] ?? 1) : 1;
  const w = dims.at(-1) ?? 1;
  return { n, c, blocks: Math.ceil(c / 4), h, w, pixels: h * w };
}

/** Bytes of a tensor in a layout. */
export function bytesIn(layout: Layout, dims: readonly number[]): number {
  const image = layout === 'blocked' ? imageOf(dims) : undefined;
  if (image) return image.n * image.blocks * image.pixels * 16;
  return dims.reduce((a, b) => a * b, 4);
}
