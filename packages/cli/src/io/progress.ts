import type { Progress } from '../options.ts';
import type { Output } from './terminal.ts';

/** A line on a terminal that says what is going on; silent elsewhere, and for the first moments. */
export class ProgressLine {
  private readonly stream: Output;
  private readonly started = performance.now();
  private shown = false;
  private last = 0;

  constructor(stream: Output) {
    this.stream = stream;
  }

  readonly update = (progress: Progress): void => {
    const now = performance.now();
    // Short runs print nothing, and long ones at most ten lines a second.
    if (!this.stream.isTTY || now - this.started < 300 || now - this.last < 100) return;
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
