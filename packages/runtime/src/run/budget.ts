import { ModelError, RefoldError } from '@refold/ir';

/** The time that a run may take, and the signal that may end it sooner. */
export class Budget {
  private readonly limit: number;
  private readonly deadline: number;
  private readonly signal: AbortSignal | undefined;

  constructor(milliseconds: number, signal?: AbortSignal) {
    this.limit = milliseconds;
    this.deadline = performance.now() + milliseconds;
    this.signal = signal;
  }

  /** Throws `usage/aborted` after an abort and `model/limit` after the time limit. */
  check(): void {
    if (this.signal?.aborted) throw new RefoldError('usage/aborted', 'the run was aborted');
    if (this.limit !== Number.POSITIVE_INFINITY && performance.now() > this.deadline) {
      throw new ModelError('model/limit', `the run passed its time limit of ${this.limit} ms`);
    }
  }
}
