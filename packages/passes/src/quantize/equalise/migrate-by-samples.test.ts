import { Editor, inferModel, type Model } from '@refold/ir';
import { createSession, type Feeds, fromReals, reals } from '@refold/runtime';
import { expect, test } from 'vitest';
import { constant, model, weight } from '../../../test/support.ts';
import { quantizePostTraining } from '../flow/flow.ts';
import { minMax } from '../observers/min-max.ts';
import { onnxruntimeCpu } from '../targets/index.ts';
import { migrateBySamples } from './migrate-by-samples.ts';

const CHANNELS = 16;

/** A normalization one channel of which is a thousand times as large as the others, and is hardly looked at. */
function net(): Model {
  const scales = Array.from({ length: CHANNELS }, (_, c) => (c === 3 ? 1000 : 1));
  const w = Array.from({ length: CHANNELS * CHANNELS }, (_, i) =>
    Number((Math.sin(i * i + 1) * (Math.floor(i / CHANNELS) === 3 ? 0.001 : 1)).toFixed(6)),
  );
  const m = model(
    `(float[N,${CHANNELS}] x) => (float[N,4] y) <${constant('s', [CHANNELS], scales)}, ${constant('w', [CHANNELS, CHANNELS], w)}, ${weight('v', [CHANNELS, 4])}>` +
      ' { n = LayerNormalization (x, s) a = MatMul (n, w) r = Relu (a) y = MatMul (r, v) }',
    { opset: 20 },
  );
  inferModel(new Editor(m));
  return m;
}

function samples(count: number): readonly Feeds[] {
  return Array.from({ length: count }, (_, n) => {
    const numbers = Float64Array.from({ length: 4 * CHANNELS }, (__, i) => Math.sin(n * 97 + i * i));
    return new Map([['x', fromReals('float32', [4, CHANNELS], numbers)]]);
  });
}

function output(m: Model, feeds: Feeds): readonly number[] {
  const y = createSession(m).run(feeds).get('y');
  return y?.kind === 'tensor' ? Array.from(reals(y)) : [];
}

test('all samples come again, also when they are many, or too few, or come one by one', async () => {
  const all = samples(40);
  async function* later(): AsyncGenerator<Feeds> {
    yield* all;
  }
  for (const [given, limit] of [
    [all, Number.POSITIVE_INFINITY],
    [later(), Number.POSITIVE_INFINITY],
    [all, 5],
  ] as const) {
    const { samples: again, layers } = await migrateBySamples(net(), given, limit, () => {});
    const seen: Feeds[] = [];
    for await (const feeds of again) seen.push(feeds);
    expect([layers, seen]).toEqual([1, all]);
  }
});

test('a channel that stands out no longer takes the codes of the others', async () => {
  const [held] = samples(1).values();
  if (!held) throw new Error('no sample');
  const noise = async (migrate: boolean): Promise<number> => {
    const m = net();
    const options = { target: onnxruntimeCpu, observer: minMax, samples: samples(8), migrate };
    const { report } = await quantizePostTraining(m, options);
    expect(report.migrated).toBe(migrate ? 1 : undefined);
    const [exact, got] = [output(net(), held), output(m, held)];
    const sum = (f: (i: number) => number): number => exact.reduce((s, _, i) => s + f(i) ** 2, 0);
    return sum((i) => (exact[i] ?? 0) - (got[i] ?? 0)) / sum((i) => exact[i] ?? 0);
  };
  const [without, withIt] = [await noise(false), await noise(true)];
  expect(withIt).toBeLessThan(without / 20);
});

test('without samples there is nothing to go by', async () => {
  const options = { target: onnxruntimeCpu, migrate: true };
  await expect(quantizePostTraining(net(), options)).rejects.toThrow('migrating outliers takes samples');
});
