import type { Address, Place } from '../places.ts';
import type { Site } from '../site.ts';
import { outerOffsets } from './outer-loop.ts';

/** Elements that change places: along each axis how many there are, and strides in elements on both sides. */
export interface Move {
  readonly sizes: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** The first element on each side. */
  readonly fromFirst?: number;
  readonly toFirst?: number;
}

interface Axis {
  size: number;
  from: number;
  to: number;
}

/** Axes without those of size 1, neighbours that both sides cross with one stride joined. */
function merged({ sizes, from, to }: Move): Axis[] {
  const axes: Axis[] = [];
  sizes.forEach((size, i) => {
    const axis = { size, from: from[i] ?? 0, to: to[i] ?? 0 };
    const last = axes.at(-1);
    if (size === 1) return;
    if (last && last.from === axis.from * size && last.to === axis.to * size) {
      Object.assign(last, { size: last.size * size, from: axis.from, to: axis.to });
    } else {
      axes.push(axis);
    }
  });
  return axes;
}

/** The work of a move between two places, and nothing else: for tasks. */
export function movement(
  { memory: { kernels } }: Site,
  move: Move,
  x: Place | Address,
  y: Place | Address,
): () => void {
  const axes = merged(move);
  // Rows of the result are written in one go; an axis that the operand has in one go turns with them.
  const rowAt = axes.findIndex((axis) => axis.to === 1);
  const row = axes[rowAt] ?? { size: 1, from: 1, to: 1 };
  const others = axes.filter((_, i) => i !== rowAt);
  const turnAt = row.from === 1 ? -1 : others.findIndex((axis) => axis.from === 1);
  const lineAt = turnAt >= 0 ? turnAt : others.length - 1;
  const line = others[lineAt] ?? { size: 1, from: 0, to: 0 };
  const outer = others.filter((_, i) => i !== lineAt);
  const { count, lists } = outerOffsets({
    sizes: outer.map((axis) => axis.size),
    strides: [outer.map((axis) => axis.from), outer.map((axis) => axis.to)],
  });
  const [first, target] = [(move.fromFirst ?? 0) * 4, (move.toFirst ?? 0) * 4];
  const turns = turnAt >= 0 && row.from > 0;
  return () => {
    for (let i = 0; i < count; i += 1) {
      const from = x.at + first + (lists[0]?.[i] ?? 0) * 4;
      const to = y.at + target + (lists[1]?.[i] ?? 0) * 4;
      if (turns) kernels.transpose(row.size, line.size, from, row.from * 4, to, line.to * 4);
      else kernels.copySteps(line.size, row.size, from, line.from * 4, row.from * 4, to, line.to * 4);
    }
  };
}

/** Moves elements of operand 0 to the result, which they fill. */
export function emitMove(site: Site, name: string, move: Move): void {
  const x = site.read(0, 'plain');
  const y = site.write('plain');
  const run = movement(site, move, x, y);
  site.emit(name, [x, y], run);
}
