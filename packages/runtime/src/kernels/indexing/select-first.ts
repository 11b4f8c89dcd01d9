/** Elements among which some are chosen. */
export type Lane = Float64Array | BigInt64Array | BigUint64Array;

/**
 * The places of the `k` largest or smallest elements, in order. NaN counts as larger than every number; of
 * equal elements the one with the lower place comes first. O(n log k).
 */
export function selectFirst(lane: Lane, k: number, largest: boolean): Uint32Array {
  const comesBefore = (a: number, b: number): boolean => isBefore(lane, a, b, largest);
  // A heap with the last of those chosen so far on top.
  const heap = new Uint32Array(k);
  for (let i = 0; i < k; i += 1) {
    heap[i] = i;
    siftUp(heap, i, comesBefore);
  }
  for (let i = k; i < lane.length && k > 0; i += 1) {
    if (!comesBefore(i, heap[0] as number)) continue;
    heap[0] = i;
    siftDown(heap, comesBefore);
  }
  return heap.sort((a, b) => (comesBefore(a, b) ? -1 : 1));
}

function isBefore(lane: Lane, a: number, b: number, largest: boolean): boolean {
  const x = lane[a] as number | bigint;
  const y = lane[b] as number | bigint;
  if (x > y) return largest;
  if (x < y) return !largest;
  const xIsNaN = Number.isNaN(x);
  if (xIsNaN === Number.isNaN(y)) return a < b;
  return xIsNaN === largest;
}

type Before = (a: number, b: number) => boolean;

function siftUp(heap: Uint32Array, from: number, before: Before): void {
  const item = heap[from] as number;
  let at = from;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (before(item, heap[parent] as number)) break;
    heap[at] = heap[parent] as number;
    at = parent;
  }
  heap[at] = item;
}

function siftDown(heap: Uint32Array, before: Before): void {
  const item = heap[0] as number;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child] as number, heap[child + 1] as number)) child += 1;
    if (before(heap[child] as number, item)) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = item;
}
