import { type Atom, type Dim, dimKey } from './dim.ts';
import { call, subDims } from './dim-arithmetic.ts';

/** Three-valued answer. `unknown` must be treated as `no` by whoever needs a proof. */
export type Known = 'yes' | 'no' | 'unknown';

/** Bounds of a dimension over all non-negative sizes of its symbols (infinite where there is none). */
export function dimRange(dim: Dim): { readonly lo: number; readonly hi: number } {
  if (typeof dim === 'number') return { lo: dim, hi: dim };
  let lo = dim.constant;
  let hi = dim.constant;
  for (const t of dim.terms) {
    let a = 1;
    let b = 1;
    for (const atom of t.atoms) {
      const r = atomRange(atom);
      const c = [mul(a, r.lo), mul(a, r.hi), mul(b, r.lo), mul(b, r.hi)];
      a = Math.min(...c);
      b = Math.max(...c);
    }
    const p = mul(a, t.coefficient);
    const q = mul(b, t.coefficient);
    lo += Math.min(p, q);
    hi += Math.max(p, q);
  }
  return { lo, hi };
}

function mul(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}

function atomRange(atom: Atom): { lo: number; hi: number } {
  if (atom.kind === 'symbol') return { lo: 0, hi: Number.POSITIVE_INFINITY };
  const a = dimRange(atom.a);
  const b = dimRange(atom.b);
  switch (atom.kind) {
    case 'min':
      return { lo: Math.min(a.lo, b.lo), hi: Math.min(a.hi, b.hi) };
    case 'max':
      return { lo: Math.max(a.lo, b.lo), hi: Math.max(a.hi, b.hi) };
    case 'mod':
      return b.lo > 0
        ? { lo: 0, hi: b.hi - 1 }
        : { lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY };
    case 'floordiv':
      if (typeof atom.b === 'number' && atom.b > 0) {
        return { lo: Math.floor(a.lo / atom.b), hi: Math.floor(a.hi / atom.b) };
      }
      return b.lo > 0 && a.lo >= 0
        ? { lo: 0, hi: a.hi }
        : { lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY };
  }
}

/** Bounds of a - b; none where the difference is too large to be written and became a symbol of its own. */
function differenceRange(a: Dim, b: Dim): { readonly lo: number; readonly hi: number } {
  if (typeof a === 'number' && typeof b === 'number') return { lo: a - b, hi: a - b };
  const difference = subDims(a, b);
  const key = dimKey(difference);
  const isNew = key.startsWith('\n') && !dimKey(a).includes(key) && !dimKey(b).includes(key);
  return isNew ? { lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY } : dimRange(difference);
}

/** Sign of a - b when it is the same for all sizes of the symbols; 0 only when they are equal. */
function compareDims(a: Dim, b: Dim): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const diff = subDims(a, b);
  if (typeof diff === 'number') return diff;
  const { lo, hi } = dimRange(diff);
  if (lo > 0) return 1;
  if (hi < 0) return -1;
  return undefined;
}

/** Whether two dimensions are equal for all sizes of the symbols (`no`: for none). */
export function sameDim(a: Dim, b: Dim): Known {
  if (typeof a === 'number' && typeof b === 'number') return a === b ? 'yes' : 'no';
  if (a === b || dimKey(a) === dimKey(b)) return 'yes';
  const order = compareDims(a, b);
  return order === undefined ? 'unknown' : order === 0 ? 'yes' : 'no';
}

/** The smaller of two dimensions, as a dimension. */
export function minDims(a: Dim, b: Dim): Dim {
  const { lo, hi } = differenceRange(a, b);
  if (hi <= 0) return a;
  if (lo >= 0) return b;
  return dimKey(a) < dimKey(b) ? call('min', a, b) : call('min', b, a);
}

/** The larger of two dimensions, as a dimension. */
export function maxDims(a: Dim, b: Dim): Dim {
  const { lo, hi } = differenceRange(a, b);
  if (lo >= 0) return a;
  if (hi <= 0) return b;
  return dimKey(a) < dimKey(b) ? call('max', a, b) : call('max', b, a);
}
