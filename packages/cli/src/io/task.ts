import { Interrupt } from './interrupt.ts';
import { ProgressLine } from './progress.ts';
import type { Output } from './terminal.ts';

/** What a command that may take long needs while it works. */
export interface Task {
  readonly progress: ProgressLine;
  readonly interrupt: Interrupt;
}

/**
 * Does work that may take long: progress is shown on `stderr`, and an interrupt may be listened for. However the work
 * ends, the progress line is gone and interrupts act as before when this returns.
 */
export async function runTask<T>(stderr: Output, work: (task: Task) => Promise<T>): Promise<T> {
  const task = { progress: new ProgressLine(stderr), interrupt: new Interrupt() };
  try {
    return await work(task);
  } finally {
    task.progress.clear();
    task.interrupt.stop();
  }
}
