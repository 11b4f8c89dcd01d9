/** How long one measurement goes on, in milliseconds, preparations included. */
const PATIENCE = 2_000;

/** Milliseconds of processor time that `run` takes on what `prepare` makes: the least of several attempts. */
export function cost<T>(prepare: () => T, run: (prepared: T) => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  const started = performance.now();
  // Small work is repeated until it is compiled, large work is not.
  for (let attempt = 0; attempt < 2 || performance.now() - started < PATIENCE; attempt += 1) {
    const prepared = prepare();
    const before = process.cpuUsage();
    run(prepared);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return Math.max(least, 0.001);
}

/** A line of a table. */
export function row(name: string, cells: readonly string[]): string {
  return `${name.padEnd(14)}${cells.map((cell) => cell.padStart(15)).join('')}`;
}
