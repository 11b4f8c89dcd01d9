import { Random } from '@refold/runtime';

/** What a reservoir holds at most. */
export interface ReservoirLimits {
  readonly samples: number;
  /** Bytes that they take together; one sample is held however large it is. */
  readonly bytes: number;
}

/**
 * Some of many samples, each with the same chance to be among them, so that they stand for all, in whatever order those
 * come; all of few. The same samples give the same choice. If the largest sample came as often as there is room for
 * samples, they would still keep to the limits. What is kept is a copy, made over a sample that goes: who offers one may
 * use its memory again.
 */
export class Reservoir<T> {
  private readonly random = new Random(1);
  private readonly limits: ReservoirLimits;
  private readonly copy: (sample: T, over?: T) => T;
  private readonly kept: T[] = [];
  private seen = 0;
  private capacity: number;

  /** @param copy makes a copy of a sample, in the memory of another one if there is one to spare. */
  constructor(limits: ReservoirLimits, copy: (sample: T, over?: T) => T) {
    this.limits = limits;
    this.copy = copy;
    this.capacity = limits.samples;
  }

  /** Shows a sample to the reservoir, and says how many bytes holding it takes. */
  offer(sample: T, bytes: number): void {
    this.seen += 1;
    const room = Math.floor(this.limits.bytes / Math.max(1, bytes));
    this.capacity = Math.max(1, Math.min(this.capacity, room));
    while (this.kept.length > this.capacity) this.kept.splice(this.random.between(0, this.kept.length), 1);
    if (this.kept.length === this.seen - 1 && this.seen <= this.capacity) {
      this.kept.push(this.copy(sample));
      return;
    }
    const place = this.random.between(0, this.seen);
    if (place < this.kept.length) this.kept[place] = this.copy(sample, this.kept[place]);
  }

  get samples(): readonly T[] {
    return this.kept;
  }
}
