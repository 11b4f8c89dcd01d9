import type { ProfiledNode } from './profile.ts';

/** What all nodes of one operator did. */
export interface OperatorProfile {
  readonly op: string;
  readonly count: number;
  /** Without what nodes of nested graphs and function bodies took. */
  readonly milliseconds: number;
  /** Of the time of all nodes; from 0 to 1. */
  readonly share: number;
  readonly flops: number;
  readonly bytes: number;
  /** FLOPs a byte. */
  readonly intensity: number;
  /** Thousand million FLOPs a second. */
  readonly gflops: number;
}

/** Sums up a profile by operator, the slowest first. */
export function profileByOperator(nodes: readonly ProfiledNode[]): readonly OperatorProfile[] {
  const sums = new Map<string, { count: number; milliseconds: number; flops: number; bytes: number }>();
  let total = 0;
  for (const { op, self, flops, bytes } of nodes) {
    const sum = sums.get(op) ?? { count: 0, milliseconds: 0, flops: 0, bytes: 0 };
    sums.set(op, sum);
    sum.count += 1;
    sum.milliseconds += self;
    sum.flops += flops;
    sum.bytes += bytes;
    total += self;
  }
  const rows = [...sums].map(([op, sum]) => ({
    op,
    ...sum,
    share: ratio(sum.milliseconds, total),
    intensity: ratio(sum.flops, sum.bytes),
    gflops: ratio(sum.flops, sum.milliseconds * 1e6),
  }));
  return rows.sort((a, b) => b.milliseconds - a.milliseconds || (a.op < b.op ? -1 : 1));
}

function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
