/** A line of a text, and what tells which line of another text it should be compared with. */
export interface Line {
  readonly text: string;
  readonly key: string;
}

/** One line of the result: of both texts, or of one; indices are -1 on the side where it is not. */
export interface Edit {
  readonly before: number;
  readonly after: number;
}

/** Beyond this many differences in a stretch without any matching keys, the stretch is given up as different. */
const MAX_DIFFERENCES = 500;

/**
 * Pairs the lines of two texts: first those whose keys occur once in each and keep their order (patience
 * diff), then what lies between them by the fewest differences (Myers). Nearly linear: n log n for keys, and
 * at most a bounded number of differences times the lines of a stretch.
 */
export function pairLines(before: readonly Line[], after: readonly Line[]): readonly Edit[] {
  const edits: Edit[] = [];
  let i = 0;
  let j = 0;
  for (const [nextI, nextJ] of [
    ...longestIncreasing(uniquePairs(before, after)),
    [before.length, after.length] as const,
  ]) {
    stretch(before, after, i, nextI, j, nextJ, edits);
    if (nextI < before.length && nextJ < after.length) edits.push({ before: nextI, after: nextJ });
    i = nextI + 1;
    j = nextJ + 1;
  }
  return edits;
}

type Pair = readonly [number, number];

/** Lines whose key occurs exactly once in each text, in the order of the first. */
function uniquePairs(before: readonly Line[], after: readonly Line[]): readonly Pair[] {
  const right = uniquePlaces(after);
  const pairs: Pair[] = [];
  for (const [key, i] of uniquePlaces(before)) {
    const j = right.get(key) ?? -1;
    if (i >= 0 && j >= 0) pairs.push([i, j]);
  }
  return pairs;
}

/** The place of each key; -1 for one that occurs more than once. */
function uniquePlaces(lines: readonly Line[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  lines.forEach(({ key }, i) => {
    places.set(key, places.has(key) ? -1 : i);
  });
  return places;
}

/** The most pairs that keep their order in both texts; n log n. */
function longestIncreasing(pairs: readonly Pair[]): readonly Pair[] {
  /** Index of the pair that ends the best run of each length. */
  const ends: number[] = [];
  const previous = new Int32Array(pairs.length).fill(-1);
  pairs.forEach(([, j], k) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((pairs[ends[middle] ?? 0]?.[1] ?? 0) < j) low = middle + 1;
      else high = middle;
    }
    previous[k] = low > 0 ? (ends[low - 1] ?? -1) : -1;
    ends[low] = k;
  });
  const run: Pair[] = [];
  for (let k = ends.at(-1) ?? -1; k >= 0; k = previous[k] ?? -1) {
    const pair = pairs[k];
    if (pair) run.push(pair);
  }
  return run.reverse();
}

/** Lines `i..iEnd` of one text against lines `j..jEnd` of the other. */
function stretch(
  before: readonly Line[],
  after: readonly Line[],
  iStart: number,
  iEnd: number,
  jStart: number,
  jEnd: number,
  edits: Edit[],
): void {
  const same = (i: number, j: number): boolean => before[i]?.text === after[j]?.text;
  let [i, j, iStop, jStop] = [iStart, jStart, iEnd, jEnd];
  for (; i < iStop && j < jStop && same(i, j); i += 1, j += 1) edits.push({ before: i, after: j });
  while (iStop > i && jStop > j && same(iStop - 1, jStop - 1)) {
    iStop -= 1;
    jStop -= 1;
  }
  for (const edit of shortest(i, iStop, j, jStop, same)) edits.push(edit);
  for (; iStop < iEnd; iStop += 1, jStop += 1) edits.push({ before: iStop, after: jStop });
}

/** Myers' greedy algorithm: the furthest places that each number of differences reaches, on each diagonal. */
function shortest(
  iStart: number,
  iEnd: number,
  jStart: number,
  jEnd: number,
  same: (i: number, j: number) => boolean,
): readonly Edit[] {
  const n = iEnd - iStart;
  const m = jEnd - jStart;
  if (n === 0 || m === 0) return allDifferent(iStart, iEnd, jStart, jEnd);
  const most = Math.min(n + m, MAX_DIFFERENCES);
  /** For each number of differences the furthest i on diagonals -d..d, d in the middle. */
  const rounds: Int32Array[] = [];
  for (let d = 0; d <= most; d += 1) {
    const reach = new Int32Array(2 * d + 1);
    const last = rounds.at(-1);
    for (let k = -d; k <= d; k += 2) {
      let i = last ? enter(last, d, k) : 0;
      while (i < n && i - k < m && same(iStart + i, jStart + i - k)) i += 1;
      reach[k + d] = i;
      if (i >= n && i - k >= m) return trace(rounds, d, k, i, iStart, jStart);
    }
    rounds.push(reach);
  }
  return allDifferent(iStart, iEnd, jStart, jEnd);
}

/** Where diagonal k is entered with the d-th difference: from below (a line less) or from above (a line more). */
function enter(last: Int32Array, d: number, k: number): number {
  return fromAbove(last, d, k) ? (last[k + d] ?? 0) : (last[k + d - 2] ?? 0) + 1;
}

/** `last` holds diagonals -(d - 1)..d - 1, diagonal q at q + d - 1. */
function fromAbove(last: Int32Array, d: number, k: number): boolean {
  return k === -d || (k !== d && (last[k + d - 2] ?? 0) < (last[k + d] ?? 0));
}

/** Walks back from the end to the start. */
function trace(
  rounds: readonly Int32Array[],
  differences: number,
  diagonal: number,
  end: number,
  iStart: number,
  jStart: number,
): readonly Edit[] {
  const edits: Edit[] = [];
  let k = diagonal;
  let i = end;
  for (let d = differences; d > 0; d -= 1) {
    const last = rounds[d - 1] ?? new Int32Array(0);
    const above = fromAbove(last, d, k);
    const entry = enter(last, d, k);
    for (; i > entry; i -= 1) edits.push({ before: iStart + i - 1, after: jStart + i - 1 - k });
    if (above) edits.push({ before: -1, after: jStart + i - k - 1 });
    else edits.push({ before: iStart + i - 1, after: -1 });
    if (!above) i -= 1;
    k += above ? 1 : -1;
  }
  for (; i > 0; i -= 1) edits.push({ before: iStart + i - 1, after: jStart + i - 1 - k });
  return edits.reverse();
}

function allDifferent(iStart: number, iEnd: number, jStart: number, jEnd: number): readonly Edit[] {
  const edits: Edit[] = [];
  for (let i = iStart; i < iEnd; i += 1) edits.push({ before: i, after: -1 });
  for (let j = jStart; j < jEnd; j += 1) edits.push({ before: -1, after: j });
  return edits;
}
