import { Editor, inferModel } from '@refold/ir';
import { fromReals } from '@refold/runtime';
import { expect, test } from 'vitest';
import { model } from '../../../test/support.ts';
import { PointTable } from '../constraints/point-table.ts';
import { calibrate } from './calibrate.ts';

/** How many numbers were seen of each value. */
function counts(text: string, tier: 'fast' | 'reference'): ReadonlyMap<string, number> {
  const m = model(text);
  inferModel(new Editor(m));
  const table = new PointTable();
  for (const graph of m.graphs()) {
    for (const value of [...graph.inputs, ...[...graph.nodes()].flatMap((n) => n.outputs)])
      table.definition(value);
  }
  const x = fromReals('float32', [2, 3], Float64Array.of(1, 2, 3, 4, 5, 6));
  const seen = calibrate(m, [{ x }], table.values(), { tier });
  return new Map([...seen].map(([key, histogram]) => [key, histogram.count]));
}

test.each(['fast', 'reference'] as const)(
  'on the %s tier, what follows from sizes is seen, and so is an input whose size is read first',
  (tier) => {
    const found = counts(
      '(float[N, 3] x) => (float[N, 3] y) { s = Shape (x) f = Cast <to = 1> (s) c = Cos (f) t = Sin (c)' +
        ' r = ReduceSum <keepdims = 0> (t) y = Mul (x, r) }',
      tier,
    );
    expect([...found].toSorted()).toEqual([
      ['c', 2],
      ['f', 2],
      ['r', 1],
      ['t', 2],
      ['x', 6],
      ['y', 6],
    ]);
  },
);
