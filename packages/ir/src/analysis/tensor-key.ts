import type { Tensor, TensorData } from '../types/tensor.ts';
import { hashBytes, wordsOf } from './hash-bytes.ts';

/** Tensors of up to this many bytes are their own key. */
const SHORT = 64;

/**
 * Text that is equal for tensors that are equal bit for bit: element type, dimensions, elements. Larger
 * tensors are hashed once, and compared byte by byte when their hashes agree, so that no two different
 * tensors ever share a key. Keys are good as long as the process lives; do not store them.
 */
export function tensorKey(tensor: Tensor): string {
  if (tensor.strings) return `${tensorForm(tensor)}${JSON.stringify(tensor.strings)}`;
  const key = tensor.byteLength <= SHORT ? String.fromCharCode(...tensor.bytes()) : groupKey(tensor);
  return tensorForm(tensor) + key;
}

/** What is known of a tensor without its elements. Tensors of different forms differ. */
export function tensorForm(tensor: Tensor): string {
  return `${tensor.dtype}[${tensor.dims.join(',')}]`;
}

/** Whether two tensors are equal bit for bit. Bytes are only loaded when the forms agree. */
export function sameTensor(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  if (tensorForm(a) !== tensorForm(b)) return false;
  if (a.strings || b.strings) return a.strings?.every((s, i) => s === b.strings?.[i]) ?? false;
  return a.data === b.data || (a.byteLength === b.byteLength && sameBytes(a.bytes(), b.bytes()));
}

/** Known tensors with one hash, as far as somebody still holds them. */
interface Group {
  readonly data: WeakRef<TensorData>;
  readonly key: string;
}

const keys = new WeakMap<TensorData, string>();
const groups = new Map<string, Group[]>();
let groupCount = 0;
let sweepAt = 1024;

/** The same text for all data with the same bytes. */
function groupKey(tensor: Tensor): string {
  const { data } = tensor;
  if (!data) return '';
  const known = keys.get(data);
  if (known !== undefined) return known;
  const bytes = data.load();
  const hash = `${bytes.byteLength}:${hashBytes(bytes, 0x9e3779b9)}`;
  const same = (groups.get(hash) ?? []).find((group) => {
    const other = group.data.deref();
    return other !== undefined && sameBytes(other.load(), bytes);
  });
  const key = same?.key ?? newGroup(hash, data);
  keys.set(data, key);
  return key;
}

function newGroup(hash: string, data: TensorData): string {
  if (groups.size >= sweepAt) sweep();
  groupCount += 1;
  const group = { data: new WeakRef(data), key: `#${groupCount}` };
  const list = groups.get(hash);
  if (list) list.push(group);
  else groups.set(hash, [group]);
  return group.key;
}

/** Forgets groups whose tensors are gone; the next sweep waits until as many again have come. */
function sweep(): void {
  for (const [hash, list] of groups) {
    const alive = list.filter((group) => group.data.deref() !== undefined);
    if (alive.length === 0) groups.delete(hash);
    else groups.set(hash, alive);
  }
  sweepAt = Math.max(1024, 2 * groups.size);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.byteLength !== b.byteLength) return false;
  const [x, y] = [wordsOf(a), wordsOf(b)];
  for (let i = 0; i < x.length; i += 1) if (x[i] !== y[i]) return false;
  for (let i = 4 * x.length; i < a.byteLength; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
