const ROWS_PER_TICK = 64;

/** Neighbouring axes that are all reduced or all kept. */
interface Group {
  readonly size: number;
  readonly reduced: boolean;
}

/** How a tensor is walked row by row while its elements are folded into fewer places. */
export interface ReducePlan {
  /** All groups but the innermost, outermost first. */
  readonly outer: readonly Group[];
  /** The innermost group: its size is the length of a row. */
  readonly inner: Group;
  /** Number of elements that are folded into each place. */
  readonly count: number;
  /** Number of places. */
  readonly places: number;
}

/** Plans a reduction of `dims` over `axes`, which are non-negative. */
export function reducePlan(dims: readonly number[], axes: readonly number[]): ReducePlan {
  const reduced = new Set(axes);
  const groups: { size: number; reduced: boolean }[] = [];
  let count = 1;
  let places = 1;
  for (const [axis, size] of dims.entries()) {
    const isReduced = reduced.has(axis);
    if (isReduced) count *= size;
    else places *= size;
    if (size === 1) continue;
    const last = groups.at(-1);
    if (last?.reduced === isReduced) last.size *= size;
    else groups.push({ size, reduced: isReduced });
  }
  const inner = groups.pop() ?? { size: 1, reduced: false };
  return { outer: groups, inner, count, places };
}

/**
 * Calls `row` for each row of the input, in memory order, with the place of its first element among the input
 * and among the results, and `tick` now and then.
 */
export function forEachReducedRow(
  plan: ReducePlan,
  tick: () => void,
  row: (at: number, place: number) => void,
): void {
  if (plan.count === 0 || plan.places === 0) return;
  const { outer, inner } = plan;
  const steps = outer.map(() => 0);
  let step = inner.reduced ? 1 : inner.size;
  for (let g = outer.length - 1; g >= 0; g -= 1) {
    const group = outer[g];
    if (group === undefined || group.reduced) continue;
    steps[g] = step;
    step *= group.size;
  }
  const index = outer.map(() => 0);
  const total = plan.count * plan.places;
  for (let at = 0, place = 0, rows = 0; at < total; at += inner.size, rows += 1) {
    if (rows % ROWS_PER_TICK === 0) tick();
    row(at, place);
    for (let g = outer.length - 1; g >= 0; g -= 1) {
      const next = (index[g] ?? 0) + 1;
      const wraps = next === outer[g]?.size;
      index[g] = wraps ? 0 : next;
      place += wraps ? -(steps[g] ?? 0) * (next - 1) : (steps[g] ?? 0);
      if (!wraps) break;
    }
  }
}
