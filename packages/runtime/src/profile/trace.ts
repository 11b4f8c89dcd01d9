import type { ProfiledNode } from './profile.ts';

/** An event of Chrome's trace format; times are in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly cat?: string;
  /** X: something that took time; C: the values of counters; M: a name of a process or thread. */
  readonly ph: 'X' | 'C' | 'M';
  readonly ts?: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A trace in the format of `chrome://tracing`. */
export interface Trace {
  readonly displayTimeUnit: 'ms';
  readonly traceEvents: readonly TraceEvent[];
}

const PLACE = { pid: 1, tid: 1 } as const;

/** A profile as a trace, which chrome://tracing and Perfetto show: every node, and the bytes that were held. */
export function traceOf(nodes: readonly ProfiledNode[], title = 'refold'): Trace {
  const events: TraceEvent[] = [
    { name: 'process_name', ph: 'M', ...PLACE, args: { name: title } },
    { name: 'thread_name', ph: 'M', ...PLACE, args: { name: 'nodes' } },
  ];
  // Outer nodes end after inner ones, but viewers want them to begin first.
  const ordered = [...nodes].sort((a, b) => a.start - b.start || a.depth - b.depth);
  for (const node of ordered) {
    const { name, op, kernel, start, duration, inputs, outputs, flops, bytes, bytesHeld } = node;
    const gflops = duration > 0 ? flops / (duration * 1e6) : 0;
    const intensity = bytes > 0 ? flops / bytes : 0;
    const args = { name, kernel, inputs, outputs, flops, bytes, intensity, gflops };
    events.push({
      name: op === '' ? kernel : op,
      cat: kernel,
      ph: 'X',
      ts: start * 1000,
      dur: duration * 1000,
      ...PLACE,
      args,
    });
    events.push({
      name: 'bytes held',
      ph: 'C',
      ts: (start + duration) * 1000,
      ...PLACE,
      args: { bytes: bytesHeld },
    });
  }
  return { displayTimeUnit: 'ms', traceEvents: events };
}
