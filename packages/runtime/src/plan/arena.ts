/** Something that takes memory from the step `from` to the step `to`, both included. */
export interface Interval {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

export interface Placement {
  /** For each interval where it begins. */
  readonly offsets: readonly number[];
  /** What all of them take together. */
  readonly bytes: number;
}

/** Orders in which intervals are placed: those that weigh more come first. The largest first is mostly the best. */
const weights: readonly ((interval: Interval) => number)[] = [
  ({ bytes }) => bytes,
  ({ bytes, from, to }) => bytes * (to - from + 1),
  ({ from, to }) => to - from,
  ({ from }) => -from,
];

/** With more intervals than this one order has to do: to place them takes the square of their number. */
const MAX_TRIED = 4096;

/**
 * Places intervals in one stretch of memory, so that those that overlap in time do not overlap in bytes, each in the
 * smallest gap that holds it. Orders are tried until one takes what no placement can do without; else the best one is
 * taken. Equal intervals keep their order, so the result is always the same.
 */
export function placeIntervals(intervals: readonly Interval[], alignment = 64): Placement {
  const aligned = intervals.map((each) => ({ ...each, bytes: alignUp(each.bytes, alignment) }));
  const bound = livenessBound(aligned);
  let best: Placement | undefined;
  for (const weight of weights) {
    const placement = placeInOrder(aligned, weight);
    if (!best || placement.bytes < best.bytes) best = placement;
    if (best.bytes <= bound || intervals.length > MAX_TRIED) break;
  }
  return best ?? { offsets: [], bytes: 0 };
}

function alignUp(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

function placeInOrder(intervals: readonly Interval[], weight: (interval: Interval) => number): Placement {
  const offsets = new Array<number>(intervals.length).fill(0);
  const keys = intervals.map(weight);
  const order = intervals.map((_, i) => i);
  order.sort((a, b) => (keys[b] ?? 0) - (keys[a] ?? 0) || a - b);
  /** Placed ones, by offset. */
  const placed: {
    readonly from: number;
    readonly to: number;
    readonly begin: number;
    readonly end: number;
  }[] = [];
  let total = 0;
  for (const i of order) {
    const interval = intervals[i];
    if (!interval || interval.bytes === 0) continue;
    const size = interval.bytes;
    let best: number | undefined;
    let slack = Number.POSITIVE_INFINITY;
    let free = 0;
    for (const other of placed) {
      if (other.to < interval.from || other.from > interval.to) continue;
      const gap = other.begin - free - size;
      if (gap >= 0 && gap < slack) {
        best = free;
        slack = gap;
      }
      free = Math.max(free, other.end);
    }
    const begin = best ?? free;
    offsets[i] = begin;
    const entry = { from: interval.from, to: interval.to, begin, end: begin + size };
    placed.splice(firstFrom(placed, begin), 0, entry);
    total = Math.max(total, entry.end);
  }
  return { offsets, bytes: total };
}

/** Index of the first entry that does not begin before `begin`. */
function firstFrom(placed: readonly { readonly begin: number }[], begin: number): number {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((placed[middle]?.begin ?? 0) < begin) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The bytes that are in use at each of `steps` steps. */
export function liveBytes(intervals: readonly Interval[], steps: number): number[] {
  const changes = new Float64Array(steps + 1);
  for (const { bytes, from, to } of intervals) {
    if (to < from || from >= steps) continue;
    changes[from] = (changes[from] ?? 0) + bytes;
    changes[Math.min(to + 1, steps)] = (changes[Math.min(to + 1, steps)] ?? 0) - bytes;
  }
  let now = 0;
  return Array.from(changes.subarray(0, steps), (change) => {
    now += change;
    return now;
  });
}

/** The most bytes that are in use at one time: no placement takes less. */
export function livenessBound(intervals: readonly Interval[]): number {
  const end = intervals.reduce((last, { to }) => Math.max(last, to), -1);
  return liveBytes(intervals, end + 1).reduce((most, bytes) => Math.max(most, bytes), 0);
}
