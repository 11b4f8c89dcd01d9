import type { ProfiledNode } from './profile.ts';
import { type Roof, type RoofShare, shareOfRoof } from './roof.ts';

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
  /** What limits the nodes taken together, and the part that they reach of it; absent where no roof is given. */
  readonly roof?: Pick<RoofShare, 'bound' | 'share'>;
}

/** Sums up a profile by operator, the slowest first, and holds it against what the machine can do. */
export function profileByOperator(
  nodes: readonly ProfiledNode[],
  roof?: Roof | undefined,
): readonly OperatorProfile[] {
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
    ...(roof ? standing(sum, roof) : {}),
  }));
  return rows.sort((a, b) => b.milliseconds - a.milliseconds || (a.op < b.op ? -1 : 1));
}

function standing(
  { flops, bytes, milliseconds }: Pick<OperatorProfile, 'flops' | 'bytes' | 'milliseconds'>,
  roof: Roof,
): Pick<OperatorProfile, 'roof'> {
  const found = shareOfRoof({ flops, bytes, duration: milliseconds }, roof);
  return found ? { roof: { bound: found.bound, share: found.share } } : {};
}

function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
