// What it costs to follow a model's history: the first document, then one recorded step of many rewrites,
// against the same rewrites with nobody following. Prints ratios. Needs the packages built.
import { performance } from 'node:perf_hooks';
import { History } from '../packages/ir/dist/history/index.js';
import { Editor, parseModel } from '../packages/ir/dist/index.js';

const NODES = 100_000;
const REWRITES = 10_000;

/** A long chain, every tenth node of which is an Identity. */
function chain() {
  const nodes = Array.from(
    { length: NODES },
    (_, i) => `v${i + 1} = ${i % 10 === 5 ? 'Identity' : 'Relu'} (v${i})`,
  );
  return parseModel(`<opset_import: ["" : 20]> g (float[N] v0) => (v${NODES}) { ${nodes.join('\n')} }`);
}

/** Erases every Identity, as a pass would. */
function rewrite(editor) {
  let count = 0;
  for (const node of [...editor.model.graph.nodes()]) {
    if (!node.is('Identity') || count === REWRITES) continue;
    editor.replaceAllUses(node.outputs[0], node.inputs[0]);
    editor.eraseNode(node);
    count += 1;
  }
}

function time(body) {
  const start = performance.now();
  body();
  return performance.now() - start;
}

const runs = Array.from({ length: 5 }, () => {
  const plain = new Editor(chain());
  const without = time(() => rewrite(plain));
  const editor = new Editor(chain());
  let history;
  const first = time(() => {
    history = new History(editor);
  });
  const followed = time(() => rewrite(editor));
  const record = time(() => history.record('identities'));
  const back = time(() => history.undo());
  return { without, first, followed, record, back };
});

for (const key of Object.keys(runs[0])) {
  const median = runs.map((r) => r[key]).sort((a, b) => a - b)[2];
  console.log(
    `${key.padEnd(10)} ${median.toFixed(1).padStart(8)} ms ${((1000 * median) / REWRITES).toFixed(2).padStart(8)} us a rewrite`,
  );
}
