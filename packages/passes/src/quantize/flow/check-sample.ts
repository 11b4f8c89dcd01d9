import { RefoldError } from '@refold/ir';
import { type Feeds, type NdValue, reals } from '@refold/runtime';
import { entriesOf } from '../feeds.ts';

/** Samples that hold numbers with which nothing can be counted. */
export class OddSamples {
  private samples = 0;
  private nan = 0;
  private infinite = 0;
  private first: { readonly sample: number; readonly input: string } | undefined;

  /** Whether all numbers of a sample are finite; if not, it is remembered. */
  isFinite(feeds: Feeds, sample: number): boolean {
    let odd = false;
    for (const [input, value] of entriesOf(feeds)) {
      const { nan, infinite } = oddNumbersOf(value);
      if (nan + infinite === 0) continue;
      odd = true;
      this.nan += nan;
      this.infinite += infinite;
      this.first ??= { sample, input };
    }
    if (odd) this.samples += 1;
    return !odd;
  }

  /** Throws RefoldError `usage/data` if there were any, among `total` samples. */
  refuse(total: number): void {
    if (!this.first) return;
    const { sample, input } = this.first;
    throw new RefoldError(
      'usage/data',
      `${this.samples} of ${total} samples hold ${this.nan} NaN and ${this.infinite} infinite numbers, ` +
        `the first in '${input}' of sample ${sample + 1}`,
      { value: input },
      'leave these samples out',
    );
  }
}

function oddNumbersOf(value: NdValue): { readonly nan: number; readonly infinite: number } {
  let nan = 0;
  let infinite = 0;
  if (value.kind === 'tensor' && isFloat(value.dtype)) {
    const numbers = reals(value);
    for (let i = 0; i < numbers.length; i += 1) {
      const x = numbers[i] as number;
      // Zero for finite numbers, NaN for all others.
      if (x - x === 0) continue;
      if (Number.isNaN(x)) nan += 1;
      else infinite += 1;
    }
  }
  return { nan, infinite };
}

function isFloat(dtype: string): boolean {
  return dtype.startsWith('float') || dtype === 'bfloat16';
}
