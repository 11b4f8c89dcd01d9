import type { Feeds, NdValue } from '@refold/runtime';

/** Bytes of tensors; characters of strings count as one. */
export function bytesOf(values: Feeds): number {
  const list: Iterable<NdValue> = values instanceof Map ? values.values() : Object.values(values);
  let bytes = 0;
  for (const value of list) {
    if (value.kind !== 'tensor') continue;
    const { data } = value;
    bytes += Array.isArray(data) ? data.reduce((sum, text) => sum + text.length, 0) : data.byteLength;
  }
  return bytes;
}
