import { brain4, erf4, exp4, half4, sigmoid4, tanh4 } from './functions';
import { spare } from './scratch';

/** Functions of one operand; `a` and `b` are parameters of some. The numbers are those of `src/fast/unary.ts`. */
// @ts-ignore: decorator
@inline
function apply(op: i32, x: v128, a: v128, b: v128): v128 {
  const zero = f32x4.splat(0), one = f32x4.splat(1);
  if (op == 0) return f32x4.min(f32x4.max(x, a), b);
  if (op == 1) return exp4(x);
  if (op == 2) return sigmoid4(x);
  if (op == 3) return tanh4(x);
  if (op == 4) return erf4(x);
  if (op == 5) {
    const y = f32x4.max(x, a);
    const half = f32x4.mul(y, f32x4.splat(0.5));
    return f32x4.add(half, f32x4.mul(half, erf4(f32x4.mul(y, f32x4.splat(0.70710678118)))));
  }
  if (op == 6) return f32x4.mul(x, sigmoid4(f32x4.mul(x, a)));
  if (op == 7) return f32x4.min(f32x4.max(f32x4.add(f32x4.mul(x, a), b), zero), one);
  if (op == 8) {
    const gate = f32x4.add(f32x4.mul(x, f32x4.splat(1.0 / 6.0)), f32x4.splat(0.5));
    return f32x4.mul(x, f32x4.min(f32x4.max(gate, zero), one));
  }
  if (op == 9) return v128.bitselect(f32x4.mul(x, a), x, f32x4.lt(x, zero));
  if (op == 10) return f32x4.sqrt(x);
  if (op == 11) return f32x4.div(one, x);
  if (op == 12) return f32x4.neg(x);
  if (op == 13) return f32x4.abs(x);
  if (op == 14) return f32x4.mul(x, x);
  if (op == 15) return half4(x);
  if (op == 16) return brain4(x);
  const cube = f32x4.mul(f32x4.mul(x, x), x);
  if (op == 17) return cube;
  // Gelu by tanh: x · sigmoid(2 √(2 / π) (x + 0.044715 x³)).
  const inner = f32x4.mul(f32x4.add(x, f32x4.mul(cube, f32x4.splat(0.044715))), f32x4.splat(1.59576912));
  return f32x4.mul(x, sigmoid4(inner));
}

// @ts-ignore: decorator
@inline
function loop(op: i32, n: usize, from: usize, to: usize, a: v128, b: v128): void {
  for (let i: usize = 0; i < n; i += 4) v128.store(to + i * 4, apply(op, v128.load(from + i * 4), a, b));
}

/** Applies a function to `n` floats; `from` and `to` may be one place. */
export function unary(op: i32, n: usize, from: usize, to: usize, p: f32, q: f32): void {
  const whole = n & ~3;
  unaryVectors(op, whole, from, to, p, q);
  if (whole == n) return;
  // The last numbers do not fill a vector.
  const rest = spare();
  memory.copy(rest, from + whole * 4, (n - whole) * 4);
  unaryVectors(op, 4, rest, rest, p, q);
  memory.copy(to + whole * 4, rest, (n - whole) * 4);
}

function unaryVectors(op: i32, n: usize, from: usize, to: usize, p: f32, q: f32): void {
  const a = f32x4.splat(p), b = f32x4.splat(q);
  switch (op) {
    case 0: return loop(0, n, from, to, a, b);
    case 1: return loop(1, n, from, to, a, b);
    case 2: return loop(2, n, from, to, a, b);
    case 3: return loop(3, n, from, to, a, b);
    case 4: return loop(4, n, from, to, a, b);
    case 5: return loop(5, n, from, to, a, b);
    case 6: return loop(6, n, from, to, a, b);
    case 7: return loop(7, n, from, to, a, b);
    case 8: return loop(8, n, from, to, a, b);
    case 9: return loop(9, n, from, to, a, b);
    case 10: return loop(10, n, from, to, a, b);
    case 11: return loop(11, n, from, to, a, b);
    case 12: return loop(12, n, from, to, a, b);
    case 13: return loop(13, n, from, to, a, b);
    case 14: return loop(14, n, from, to, a, b);
    case 15: return loop(15, n, from, to, a, b);
    case 16: return loop(16, n, from, to, a, b);
    case 17: return loop(17, n, from, to, a, b);
    default: return loop(18, n, from, to, a, b);
  }
}

// @ts-ignore: decorator
@inline
function combine(op: i32, a: v128, b: v128): v128 {
  if (op == 0) return f32x4.add(a, b);
  if (op == 1) return f32x4.sub(a, b);
  if (op == 2) return f32x4.mul(a, b);
  if (op == 3) return f32x4.div(a, b);
  if (op == 4) return f32x4.max(a, b);
  return f32x4.min(a, b);
}

// @ts-ignore: decorator
@inline
function row(op: i32, n: usize, a: usize, aOne: bool, b: usize, bOne: bool, to: usize, lo: v128, hi: v128): void {
  const x = v128.load_splat<f32>(a), y = v128.load_splat<f32>(b);
  for (let i: usize = 0; i < n; i += 4) {
    const v = combine(op, aOne ? x : v128.load(a + i * 4), bOne ? y : v128.load(b + i * 4));
    v128.store(to + i * 4, f32x4.min(f32x4.max(v, lo), hi));
  }
}

// @ts-ignore: decorator
@inline
function anyRow(op: i32, n: usize, a: usize, aOne: bool, b: usize, bOne: bool, to: usize, lo: v128, hi: v128): void {
  if (aOne) row(op, n, a, true, b, false, to, lo, hi);
  else if (bOne) row(op, n, a, false, b, true, to, lo, hi);
  else row(op, n, a, false, b, false, to, lo, hi);
}

function binaryVectors(
  op: i32, n: usize, a: usize, aOne: bool, b: usize, bOne: bool, to: usize, low: f32, high: f32,
): void {
  const lo = f32x4.splat(low), hi = f32x4.splat(high);
  switch (op) {
    case 0: return anyRow(0, n, a, aOne, b, bOne, to, lo, hi);
    case 1: return anyRow(1, n, a, aOne, b, bOne, to, lo, hi);
    case 2: return anyRow(2, n, a, aOne, b, bOne, to, lo, hi);
    case 3: return anyRow(3, n, a, aOne, b, bOne, to, lo, hi);
    case 4: return anyRow(4, n, a, aOne, b, bOne, to, lo, hi);
    default: return anyRow(5, n, a, aOne, b, bOne, to, lo, hi);
  }
}

/**
 * Combines rows of `n` floats: 0 add, 1 subtract, 2 multiply, 3 divide, 4 larger, 5 smaller. `aRow` and `bRow` are the
 * bytes from row to row; an operand that is `one` is a single number in each row (not both are). The result is clamped.
 */
export function binary(
  op: i32, rows: usize, n: usize, a: usize, aRow: usize, aOne: bool, b: usize, bRow: usize, bOne: bool,
  to: usize, low: f32, high: f32,
): void {
  const whole = n & ~3;
  const left = (n - whole) * 4;
  const rest = spare();
  for (let r: usize = 0; r < rows; r++) {
    if (whole > 0) binaryVectors(op, whole, a, aOne, b, bOne, to, low, high);
    if (left > 0) {
      memory.copy(rest, aOne ? a : a + whole * 4, aOne ? 4 : left);
      memory.copy(rest + 16, bOne ? b : b + whole * 4, bOne ? 4 : left);
      binaryVectors(op, 4, rest, aOne, rest + 16, bOne, rest, low, high);
      memory.copy(to + whole * 4, rest, left);
    }
    a += aRow;
    b += bRow;
    to += n * 4;
  }
}

/** x · scale + shift for each block of four channels, clamped. */
export function scaleBlocks(
  blocks: usize, pixels: usize, from: usize, scale: usize, shift: usize, to: usize, low: f32, high: f32,
): void {
  const lo = f32x4.splat(low), hi = f32x4.splat(high);
  for (let c: usize = 0; c < blocks; c++) {
    const s = v128.load(scale + c * 16), t = v128.load(shift + c * 16);
    for (let i: usize = 0; i < pixels; i++) {
      v128.store(to, f32x4.min(f32x4.max(f32x4.add(f32x4.mul(v128.load(from), s), t), lo), hi));
      from += 16;
      to += 16;
    }
  }
}

/** Multiplies every pixel of each block of four channels by that block's own four factors. */
export function gateBlocks(blocks: usize, pixels: usize, from: usize, factors: usize, to: usize): void {
  for (let c: usize = 0; c < blocks; c++) {
    const s = v128.load(factors + c * 16);
    for (let i: usize = 0; i < pixels; i++) {
      v128.store(to, f32x4.mul(v128.load(from), s));
      from += 16;
      to += 16;
    }
  }
}
