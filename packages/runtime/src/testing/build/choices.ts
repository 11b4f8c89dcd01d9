/** A finite list of decisions, taken one by one; when it has run out, every decision is 0. */
export class Choices {
  private readonly numbers: readonly number[];
  private at = 0;

  /** Any non-negative integers: shorter lists and smaller numbers make simpler models, so that tests can shrink them. */
  constructor(numbers: readonly number[]) {
    this.numbers = numbers;
  }

  /** Whether all further decisions are 0. */
  get exhausted(): boolean {
    return this.at >= this.numbers.length;
  }

  /** An integer from 0 up to, but without, `bound`. */
  below(bound: number): number {
    const n = this.numbers[this.at] ?? 0;
    this.at += 1;
    return bound <= 1 ? 0 : n % bound;
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  flag(): boolean {
    return this.below(2) === 1;
  }

  /** True once in `n` times, and never when decisions have run out. */
  rarely(n: number): boolean {
    return this.below(n) === n - 1;
  }

  /** An item of a list that has some. */
  of<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('nothing to choose from');
    return list[this.below(list.length)] as T;
  }

  /** An item of a list, if it has any. */
  any<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)];
  }

  /** The list in another order; the same one when there is nothing left to decide. */
  shuffled<T>(list: readonly T[]): readonly T[] {
    const rest = [...list];
    const out: T[] = [];
    while (rest.length > 0) out.push(...rest.splice(this.below(rest.length), 1));
    return out;
  }

  /** Some of a list, in its order; all of it when there is nothing left to decide. */
  some<T>(list: readonly T[]): readonly T[] {
    return list.filter(() => !this.flag());
  }

  /** A float that arithmetic is fond of, or an ordinary one. */
  number(): number {
    const special = [0, 1, 2, -1, 0.5, 3];
    const n = this.below(16);
    return special[n] ?? (this.below(1000) - 500) / 250;
  }
}
