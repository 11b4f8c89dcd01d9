import { decodeModel, Editor, encodeModel } from '@refold/ir';
import { History } from '@refold/ir/history';
import { defaultPasses, runPasses } from '@refold/passes';
import { chosenGraphs } from './graphs.ts';
import { cost, row } from './measure.ts';

/* What it costs to keep the history of a run: processor time with history over that without. */

const sizes = [1_000, 10_000];

console.log(
  `\n${row(
    'with history',
    sizes.map((n) => `${n} nodes`),
  )}`,
);
for (const [kind, make] of chosenGraphs()) {
  const ratios = sizes.map((n) => {
    const bytes = encodeModel(make(n));
    const editor = (): Editor => new Editor(decodeModel(bytes));
    // The first run compiles what both need.
    runPasses(editor(), defaultPasses);
    const without = cost(editor, (e) => runPasses(e, defaultPasses));
    const recorded = cost(editor, (e) => {
      const history = new History(e);
      runPasses(e, defaultPasses, { check: (pass) => history.record(pass) });
      history.stop();
    });
    return recorded / without;
  });
  console.log(
    row(
      kind,
      ratios.map((r) => `${r.toFixed(2)}x`),
    ),
  );
}
