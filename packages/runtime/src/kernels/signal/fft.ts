/**
 * Discrete Fourier transforms of one length, in double and in place: y[k] = Σ x[n] exp(∓2πi·kn/N), without a
 * factor. Powers of two by the method of Cooley and Tukey, other lengths by that of Bluestein, which makes a
 * convolution of them; both take N log N steps.
 */
export interface Fourier {
  readonly length: number;
  /** Transforms the numbers re + i·im; `inverse` has the exponent positive. */
  transform(re: Float64Array, im: Float64Array, inverse: boolean): void;
}

/** Gives zero-filled working memory, perhaps within a limit. */
type Allocate = (length: number) => Float64Array;

export function fourier(length: number, allocate: Allocate): Fourier {
  const isPowerOfTwo = (length & (length - 1)) === 0 && length < 2 ** 31;
  return isPowerOfTwo ? new PowerOfTwo(length, allocate) : new Bluestein(length, allocate);
}

class PowerOfTwo implements Fourier {
  readonly length: number;
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;

  constructor(length: number, allocate: Allocate) {
    this.length = length;
    this.cos = allocate(length >> 1);
    this.sin = allocate(length >> 1);
    for (let k = 0; k < this.cos.length; k += 1) {
      this.cos[k] = Math.cos((2 * Math.PI * k) / length);
      this.sin[k] = Math.sin((2 * Math.PI * k) / length);
    }
  }

  transform(re: Float64Array, im: Float64Array, inverse: boolean): void {
    const n = this.length;
    reverseBits(re, im);
    for (let half = 1; half < n; half *= 2) {
      const stride = n / (2 * half);
      for (let start = 0; start < n; start += 2 * half) {
        for (let k = 0; k < half; k += 1) {
          const c = this.cos[k * stride] as number;
          const s = inverse ? (this.sin[k * stride] as number) : -(this.sin[k * stride] as number);
          const a = start + k;
          const b = a + half;
          const x = re[b] as number;
          const y = im[b] as number;
          const u = x * c - y * s;
          const v = x * s + y * c;
          re[b] = (re[a] as number) - u;
          im[b] = (im[a] as number) - v;
          re[a] = (re[a] as number) + u;
          im[a] = (im[a] as number) + v;
        }
      }
    }
  }
}

function reverseBits(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    const x = re[i] as number;
    re[i] = re[j] as number;
    re[j] = x;
    const y = im[i] as number;
    im[i] = im[j] as number;
    im[j] = y;
  }
}

class Bluestein implements Fourier {
  readonly length: number;
  private readonly inner: PowerOfTwo;
  /** exp(πi·n²/N) */
  private readonly chirpRe: Float64Array;
  private readonly chirpIm: Float64Array;
  /** Transform of the chirp, which the convolution multiplies by. */
  private readonly filterRe: Float64Array;
  private readonly filterIm: Float64Array;
  private readonly workRe: Float64Array;
  private readonly workIm: Float64Array;

  constructor(length: number, allocate: Allocate) {
    this.length = length;
    let size = 1;
    while (size < 2 * length - 1) size *= 2;
    this.inner = new PowerOfTwo(size, allocate);
    this.chirpRe = allocate(length);
    this.chirpIm = allocate(length);
    this.filterRe = allocate(size);
    this.filterIm = allocate(size);
    this.workRe = allocate(size);
    this.workIm = allocate(size);
    // n² mod 2N, kept small so that the angle loses no digits.
    for (let n = 0, square = 0; n < length; n += 1) {
      const angle = (Math.PI * square) / length;
      const re = Math.cos(angle);
      const im = Math.sin(angle);
      this.chirpRe[n] = re;
      this.chirpIm[n] = im;
      this.filterRe[n] = re;
      this.filterIm[n] = im;
      if (n > 0) {
        this.filterRe[size - n] = re;
        this.filterIm[size - n] = im;
      }
      square = (square + 2 * n + 1) % (2 * length);
    }
    this.inner.transform(this.filterRe, this.filterIm, false);
  }

  transform(re: Float64Array, im: Float64Array, inverse: boolean): void {
    const { length, chirpRe, chirpIm, workRe, workIm, filterRe, filterIm } = this;
    // The inverse is the forward transform with the parts exchanged on the way in and out.
    const [a, b] = inverse ? [im, re] : [re, im];
    workRe.fill(0);
    workIm.fill(0);
    for (let n = 0; n < length; n += 1) {
      const c = chirpRe[n] as number;
      const s = chirpIm[n] as number;
      workRe[n] = (a[n] as number) * c + (b[n] as number) * s;
      workIm[n] = (b[n] as number) * c - (a[n] as number) * s;
    }
    this.inner.transform(workRe, workIm, false);
    for (let k = 0; k < workRe.length; k += 1) {
      const x = workRe[k] as number;
      const y = workIm[k] as number;
      const c = filterRe[k] as number;
      const s = filterIm[k] as number;
      workRe[k] = x * c - y * s;
      workIm[k] = x * s + y * c;
    }
    this.inner.transform(workRe, workIm, true);
    const size = workRe.length;
    for (let n = 0; n < length; n += 1) {
      const c = chirpRe[n] as number;
      const s = chirpIm[n] as number;
      const x = (workRe[n] as number) / size;
      const y = (workIm[n] as number) / size;
      a[n] = x * c + y * s;
      b[n] = y * c - x * s;
    }
  }
}
