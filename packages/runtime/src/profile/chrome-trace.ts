import type { Profile } from './profile.ts';

/** An event of the trace format that Chrome and Perfetto read; times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'M' | 'C';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly args: Readonly<Record<string, string | number>>;
}

/** A profile as a trace: one event a kernel, and the memory that was in use beside. Write it with JSON.stringify. */
export function chromeTrace(
  profile: Profile,
  name = 'model',
): { readonly traceEvents: readonly TraceEvent[] } {
  const at = { pid: 1, tid: 1 };
  const events: TraceEvent[] = [
    { name: 'process_name', ph: 'M', ...at, args: { name } },
    { name: 'thread_name', ph: 'M', ...at, args: { name: 'kernels' } },
  ];
  for (const { node, op, kernel, start, duration, flops, bytes, live } of profile.entries) {
    const ts = start * 1000;
    events.push({
      name: op === '' ? kernel : op,
      cat: kernel,
      ph: 'X',
      ...at,
      ts,
      dur: duration * 1000,
      args: { node, kernel, flops, bytes, gflops: duration > 0 ? flops / duration / 1e6 : 0 },
    });
    if (live !== undefined) events.push({ name: 'memory', ph: 'C', ...at, ts, args: { bytes: live } });
  }
  return { traceEvents: events };
}
