import { encodeModel, parseModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { Engine } from './engine.ts';

const model = encodeModel(
  parseModel('<ir_version: 8, opset_import: ["" : 18]> g (float[1] x) => (float[1] y) { y = Neg (x) }'),
);
const job = { model, feeds: [{ name: 'x', dtype: 'float32', dims: [1], data: Float32Array.of(2) }] } as const;

test('an engine that is closed has no answers, and nothing is left to fail later', async () => {
  const engine = new Engine();
  expect(await engine.run(job)).toMatchObject({ kind: 'ran', outputs: [{ data: Float32Array.of(-2) }] });
  const late = Array.from({ length: 20 }, () => engine.run(job));
  engine.close();
  const settled = await Promise.allSettled([...late, engine.run(job)]);
  for (const one of settled) expect(one).toMatchObject({ reason: new Error('the engine is closed') });
});
