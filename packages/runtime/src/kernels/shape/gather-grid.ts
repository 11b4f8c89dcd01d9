import type { NdArray } from '../../tensor/nd-array.ts';
import { strides } from '../../tensor/strides.ts';
import { copyWords, type Words, wordsOf } from '../../tensor/words.ts';

/**
 * Fills a result whose element at (i, j, ...) is the element of the input at (places[0][i], places[1][j], ...).
 * One list of places an axis of the result, which has no empty axis.
 */
export function gatherGrid(input: NdArray, output: NdArray, places: readonly Int32Array[]): void {
  const { words: source, width } = wordsOf(input);
  const { words: target } = wordsOf(output);
  const steps = strides(input.dims).map((step) => step * width);
  const last = places.length - 1;
  const inner = places[last];
  if (inner === undefined) {
    copyWords(target, 0, source, 0, width);
    return;
  }
  const index = new Array<number>(last).fill(0);
  let base = 0;
  for (let axis = 0; axis < last; axis += 1) base += (places[axis]?.[0] ?? 0) * (steps[axis] ?? 0);
  for (let at = 0; at < target.length; at += inner.length * width) {
    gatherRow(target, at, source, base, inner, width);
    for (let axis = last - 1; axis >= 0; axis -= 1) {
      const list = places[axis];
      if (list === undefined) break;
      const i = index[axis] ?? 0;
      const next = i + 1 < list.length ? i + 1 : 0;
      base += ((list[next] ?? 0) - (list[i] ?? 0)) * (steps[axis] ?? 0);
      index[axis] = next;
      if (next !== 0) break;
    }
  }
}

function gatherRow(
  target: Words,
  at: number,
  source: Words,
  base: number,
  places: Int32Array,
  width: number,
): void {
  for (let j = 0, t = at; j < places.length; j += 1) {
    const from = base + (places[j] as number) * width;
    for (let word = 0; word < width; word += 1, t += 1) target[t] = source[from + word] as number & string;
  }
}
