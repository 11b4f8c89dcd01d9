import { decodeModel, Editor, encodeModel, inferModel, type Model, verifyModel } from '@refold/ir';
import { defaultPasses, runPasses } from '@refold/passes';
import { chosenGraphs } from './graphs.ts';
import { cost, row } from './measure.ts';

/*
 * How the work grows with the number of nodes. Numbers are processor time a node, as a multiple of that of
 * walking over the smallest graph, so that they can be compared between machines; `^` is the exponent between
 * the two largest sizes: 1 is linear, 2 quadratic.
 */

const sizes = [1_000, 10_000, 100_000, ...(process.argv.includes('--million') ? [1_000_000] : [])];

/** Looks at every operand. */
function walk(model: Model): number {
  let seen = 0;
  for (const node of model.graph.nodes()) for (const value of node.inputs) seen += value?.useCount ?? 0;
  return seen;
}

/** Puts a node behind every node, and takes all of that back. */
function edit(model: Model): void {
  const editor = new Editor(model);
  editor.begin();
  for (const node of [...model.graph.nodes()]) {
    const [output] = node.outputs;
    const copy = editor.createNode({ opType: 'Identity', inputs: [output], outputs: [''] }, { after: node });
    const [copied] = copy.outputs;
    if (output && copied) editor.replaceAllUses(output, copied);
    editor.setOperand(copy, 0, output);
  }
  editor.rollback();
}

type Phase = readonly [name: string, run: (bytes: Uint8Array, model: Model) => unknown];

const phases: readonly Phase[] = [
  ['walk', (_, model) => walk(model)],
  ['load', (bytes) => decodeModel(bytes)],
  ['edit', (_, model) => edit(model)],
  ['infer', (_, model) => inferModel(new Editor(model))],
  ['verify', (_, model) => verifyModel(model)],
  ['passes', (_, model) => runPasses(new Editor(model), defaultPasses)],
  ['save', (_, model) => encodeModel(model)],
];

for (const [kind, make] of chosenGraphs()) {
  console.log(`\n${row(kind, [...sizes.map((n) => `${n} nodes`), '^'])}`);
  const inputs = sizes.map((n) => encodeModel(make(n)));
  let unit = 0;
  for (const [name, run] of phases) {
    // Each phase has a model of its own: some of them change it.
    const costs = inputs.map((bytes) =>
      cost(
        () => decodeModel(bytes),
        (model) => run(bytes, model),
      ),
    );
    const perNode = costs.map((c, i) => c / (sizes[i] ?? 1));
    unit ||= perNode[0] ?? 1;
    const exponent = Math.log10((costs.at(-1) ?? 0) / (costs.at(-2) ?? 1));
    console.log(row(name, [...perNode.map((c) => (c / unit).toFixed(1)), exponent.toFixed(2)]));
  }
}
