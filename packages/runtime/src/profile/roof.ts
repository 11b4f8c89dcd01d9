import { engineFor } from '../fast/engine.ts';
import { FastMemory } from '../fast/memory.ts';
import { Place } from '../fast/places.ts';
import type { ProfiledNode } from './profile.ts';

/** What the machine can do on one thread with the kernels of the fast tier. */
export interface Roof {
  /** Arithmetic operations a second, in the product of matrices that stay in the cache. */
  readonly flops: number;
  /** Bytes a second, in an addition of vectors that do not. */
  readonly bandwidth: number;
}

/** How long each probe takes, in milliseconds. */
const PATIENCE = 20;

const SIZE = 240;
const FLOATS = 4 * 2 ** 20;

/** Measures the roof: some 50 ms. Undefined where the fast tier does not run. */
export function measureRoof(): Roof | undefined {
  const engine = engineFor(1, false);
  if (!engine) return undefined;
  const memory = new FastMemory(engine);
  const { kernels } = memory;
  const arena = new Place(3 * FLOATS * 4);
  memory.enter({ places: [arena], offsets: [0], arenaBytes: arena.bytes, boundBytes: arena.bytes });
  const base = arena.at;
  const matrix = SIZE * SIZE * 4;
  const product = fastest(() => {
    const c = base + 2 * matrix;
    const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    kernels.gemm(SIZE, SIZE, SIZE, base, SIZE * 4, 16, base + matrix, c, SIZE * 4, 16, 0, 0, low, high);
  });
  const bytes = FLOATS * 4;
  const sum = fastest(() => {
    const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    kernels.binary(0, 1, FLOATS, base, 0, false, base + bytes, 0, false, base + 2 * bytes, low, high);
  });
  return { flops: (2 * SIZE ** 3) / product, bandwidth: (3 * bytes) / sum };
}

/** Seconds of the fastest of many runs. */
function fastest(run: () => void): number {
  const started = performance.now();
  let least = Number.POSITIVE_INFINITY;
  let before = started;
  do {
    run();
    const after = performance.now();
    least = Math.min(least, after - before);
    before = after;
  } while (before - started < PATIENCE);
  return least / 1000;
}

/** How an entry of a profile stands to the roof. */
export interface RoofShare {
  /** Arithmetic operations for each byte read or written. */
  readonly intensity: number;
  /** What limits it: arithmetic, or memory. */
  readonly bound: 'compute' | 'memory';
  /** The part that it reaches of what the roof allows at its intensity. Clever algorithms may reach more than 1. */
  readonly share: number;
}

/** Where an entry stands; undefined when it computes and moves nothing. */
export function shareOfRoof(
  { flops, bytes, duration }: Pick<ProfiledNode, 'flops' | 'bytes' | 'duration'>,
  roof: Roof,
): RoofShare | undefined {
  if (duration <= 0 || bytes + flops === 0) return undefined;
  const needed = Math.max(flops / roof.flops, bytes / roof.bandwidth);
  const bound = flops / roof.flops >= bytes / roof.bandwidth ? 'compute' : 'memory';
  return { intensity: flops / Math.max(bytes, 1), bound, share: (needed * 1000) / duration };
}
