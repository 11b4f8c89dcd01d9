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

/**
 * Places intervals in one stretch of memory, so that those that overlap in time do not overlap in bytes: the largest
 * first, each in the smallest gap that holds it. Equal ones keep their order, so the result is always the same.
 */
export function placeIntervals(intervals: readonly Interval[], alignment = 64): Placement {
  const offsets = new Array<number>(intervals.length).fill(0);
  const order = intervals.map((_, i) => i);
  order.sort((a, b) => (intervals[b]?.bytes ?? 0) - (intervals[a]?.bytes ?? 0) || a - b);
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
    const size = Math.ceil(interval.bytes / alignment) * alignment;
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
