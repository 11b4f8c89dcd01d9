import { Editor } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ledger } from '../run/ledger.ts';
import { DEFAULT_MEMORY_LIMIT, type NodeEvent } from '../run/options.ts';
import type { NdValue } from '../tensor/nd-array.ts';
import { graphs } from '../testing/index.ts';
import { createSession } from './session.ts';

/** Bytes of values together; storage that several share counts once. */
function bytesOf(values: Iterable<NdValue>): number {
  const ledger = new Ledger(DEFAULT_MEMORY_LIMIT);
  for (const value of values) ledger.hold(value);
  return ledger.peak;
}

test('letting go of values changes no result', () => {
  fc.assert(
    fc.property(graphs({ size: 16 }), ({ model, feeds }) => {
      const wanted = createSession(model).run(feeds);
      // Nothing is let go of where every value is an output.
      const all = [...model.graph.nodes()].flatMap((node) => node.outputs.filter((v) => v !== undefined));
      new Editor(model).setOutputs(model.graph, all);
      const kept = createSession(model).run(feeds);
      for (const [name, value] of wanted) expect(value).toEqual(kept.get(name));
    }),
    { numRuns: 200, seed: 3 },
  );
});

test('a run needs no more memory than all its values take', () => {
  const models = graphs({ size: 20, ops: ['Add', 'Sub', 'Mul', 'If'], dtypes: ['float64'] });
  fc.assert(
    fc.property(models, ({ model, feeds }) => {
      const values = new Set<NdValue>(feeds.values());
      const onNode = ({ outputs }: NodeEvent): void => {
        for (const value of outputs) if (value) values.add(value);
      };
      const wanted = createSession(model).run(feeds, { onNode });
      expect(createSession(model).run(feeds, { memoryLimit: bytesOf(values) })).toEqual(wanted);
    }),
    { numRuns: 200, seed: 3 },
  );
});
