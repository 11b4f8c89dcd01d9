/** Arithmetic on two constants. */
export type Arithmetic = '+' | '-' | '*' | '/' | '^' | 'min' | 'max';

/** A run of axes along which both operands go on with the same strides. */
interface Axis {
  readonly size: number;
  readonly left: number;
  readonly right: number;
}

/** The elements of `left op right`, whose dims broadcast to `dims`. */
export function combine(
  op: Arithmetic,
  dims: readonly number[],
  left: Float64Array,
  leftDims: readonly number[],
  right: Float64Array,
  rightDims: readonly number[],
): Float64Array {
  const axes = axesOf(dims, leftDims, rightDims);
  const inner = axes.pop() ?? { size: 1, left: 0, right: 0 };
  const out = new Float64Array(dims.reduce((n, d) => n * d, 1));
  const at = axes.map(() => 0);
  let i = 0;
  let j = 0;
  for (let start = 0; start < out.length; start += inner.size) {
    combineRun(op, out, start, left, i, right, j, inner);
    for (let axis = axes.length - 1; axis >= 0; axis -= 1) {
      const { size, left: leftStride, right: rightStride } = axes[axis] as Axis;
      const next = (at[axis] as number) + 1;
      i += leftStride;
      j += rightStride;
      if (next < size) {
        at[axis] = next;
        break;
      }
      at[axis] = 0;
      i -= leftStride * size;
      j -= rightStride * size;
    }
  }
  return out;
}

/** The axes of a broadcast, those that both operands walk alike taken together. */
function axesOf(dims: readonly number[], leftDims: readonly number[], rightDims: readonly number[]): Axis[] {
  const left = stridesIn(dims, leftDims);
  const right = stridesIn(dims, rightDims);
  const axes: Axis[] = [];
  for (let i = dims.length - 1; i >= 0; i -= 1) {
    const axis = { size: dims[i] ?? 1, left: left[i] ?? 0, right: right[i] ?? 0 };
    if (axis.size === 1) continue;
    const [first] = axes;
    if (first && axis.left === first.left * first.size && axis.right === first.right * first.size)
      axes[0] = { ...first, size: first.size * axis.size };
    else axes.unshift(axis);
  }
  return axes;
}

/** Strides of an operand along the axes of the result; 0 where it repeats. */
function stridesIn(dims: readonly number[], own: readonly number[]): readonly number[] {
  const strides = new Array<number>(dims.length).fill(0);
  let stride = 1;
  for (let i = own.length - 1; i >= 0; i -= 1) {
    const size = own[i] ?? 1;
    if (size !== 1) strides[i + dims.length - own.length] = stride;
    stride *= size;
  }
  return strides;
}

function combineRun(
  op: Arithmetic,
  out: Float64Array,
  start: number,
  xs: Float64Array,
  i: number,
  ys: Float64Array,
  j: number,
  { size, left, right }: Axis,
): void {
  const end = start + size;
  let x = i;
  let y = j;
  switch (op) {
    case '+':
      for (let o = start; o < end; o += 1, x += left, y += right)
        out[o] = (xs[x] as number) + (ys[y] as number);
      return;
    case '-':
      for (let o = start; o < end; o += 1, x += left, y += right)
        out[o] = (xs[x] as number) - (ys[y] as number);
      return;
    case '*':
      for (let o = start; o < end; o += 1, x += left, y += right)
        out[o] = (xs[x] as number) * (ys[y] as number);
      return;
    case '/':
      for (let o = start; o < end; o += 1, x += left, y += right)
        out[o] = (xs[x] as number) / (ys[y] as number);
      return;
    case '^':
      for (let o = start; o < end; o += 1, x += left, y += right)
        out[o] = (xs[x] as number) ** (ys[y] as number);
      return;
    case 'min':
      for (let o = start; o < end; o += 1, x += left, y += right)
        out[o] = Math.min(xs[x] as number, ys[y] as number);
      return;
    case 'max':
      for (let o = start; o < end; o += 1, x += left, y += right)
        out[o] = Math.max(xs[x] as number, ys[y] as number);
      return;
  }
}
