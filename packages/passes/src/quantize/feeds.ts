import { type Feeds, NdArray, type NdValue } from '@refold/runtime';

/** The values of a sample, by name. */
export function entriesOf(feeds: Feeds): Iterable<readonly [string, NdValue]> {
  return feeds instanceof Map ? feeds : Object.entries(feeds);
}

/** Bytes of tensors; characters of strings count as one. */
export function bytesOf(feeds: Feeds): number {
  let bytes = 0;
  for (const [, value] of entriesOf(feeds)) {
    if (value.kind !== 'tensor') continue;
    const { data } = value;
    bytes += Array.isArray(data) ? data.reduce((sum, text) => sum + text.length, 0) : data.byteLength;
  }
  return bytes;
}

/** A copy of a sample, in the arrays of a copy that is not needed any more where these fit. */
export function copyFeeds(feeds: Feeds, over?: Feeds): Feeds {
  const spare = over && new Map(entriesOf(over));
  return new Map([...entriesOf(feeds)].map(([name, value]) => [name, copyValue(value, spare?.get(name))]));
}

function copyValue(value: NdValue, over: NdValue | undefined): NdValue {
  switch (value.kind) {
    case 'tensor':
      return copyArray(value, over?.kind === 'tensor' ? over : undefined);
    case 'sequence':
      return { ...value, items: value.items.map((item) => copyValue(item, undefined)) };
    case 'optional':
      return { ...value, item: value.item && copyValue(value.item, undefined) };
    case 'map':
      return {
        ...value,
        entries: new Map([...value.entries].map(([key, item]) => [key, copyValue(item, undefined)])),
      };
  }
}

function copyArray({ dtype, dims, data }: NdArray, over: NdArray | undefined): NdArray {
  const into = over?.data;
  const fits = over?.dtype === dtype && into?.length === data.length;
  if (!fits || Array.isArray(into) || Array.isArray(data)) return new NdArray(dtype, dims, data.slice());
  octetsOf(into).set(octetsOf(data));
  return new NdArray(dtype, dims, into);
}

function octetsOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
