// Runs in the browser: multiplies matrices on several threads and on one, and posts how that went.
import { parseModel } from '@refold/ir';
import { createSession, fromReals, loadFastKernels, type NdArray } from '@refold/runtime';
import { poolOf } from '../../packages/runtime/src/fast/threads/pool.ts';

const SIZE = 512;
const model = parseModel(
  `<ir_version: 8, opset_import: ["" : 18]> main (float[${SIZE}, ${SIZE}] x) => (float[${SIZE}, ${SIZE}] y) { y = MatMul (x, x) }`,
);
const x = fromReals(
  'float32',
  [SIZE, SIZE],
  Array.from({ length: SIZE * SIZE }, (_, i) => Math.sin(i)),
);

async function run(): Promise<string> {
  await loadFastKernels({ threads: 3 });
  const session = createSession(model, { tier: 'fast', threads: 3 });
  const once = (on = session): NdArray['data'] => (on.run({ x }).get('y') as NdArray).data;
  const alone = once(createSession(model, { tier: 'fast' }));
  let differences = 0;
  // Threads come up while the page waits; until then they do not help.
  for (let round = 0; round < 20; round += 1) {
    const together = once();
    differences += Number(alone.some((y, i) => y !== together[i]));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return JSON.stringify({ threads: session.threads, areThere: poolOf(3)?.isReady ?? false, differences });
}

run().then(
  (body) => fetch('/result', { method: 'POST', body }),
  (error) => fetch('/result', { method: 'POST', body: `${error}\n${error.stack}` }),
);
