import type { Progress } from '../options.ts';
import type { Output } from './terminal.ts';

/** A stage, and within one of passes the pass at work. */
type Step = Pick<Progress, 'pass' | 'round'> & { readonly stage: string };

/** A line on a terminal that says what is going on; silent elsewhere, and for the first moments. */
export class ProgressLine {
  private readonly stream: Output;
  private readonly started = performance.now();
  private shown = false;
  private readonly patience: number;
  private last = Number.NEGATIVE_INFINITY;

  /** Nothing is shown before `patience` milliseconds have passed. */
  constructor(stream: Output, patience = 300) {
    this.stream = stream;
    this.patience = patience;
  }

  readonly update = (progress: Step): void => {
    const now = performance.now();
    // At most ten lines a second.
    if (!this.stream.isTTY || now - this.started < this.patience || now - this.last < 100) return;
    this.last = now;
    this.shown = true;
    const what = progress.pass
      ? `${progress.stage}: ${progress.pass}, round ${(progress.round ?? 0) + 1}`
      : progress.stage;
    this.stream.write(`\r\u001b[2K${what}`);
  };

  clear(): void {
    if (this.shown) this.stream.write('\r\u001b[2K');
    this.shown = false;
  }
}
