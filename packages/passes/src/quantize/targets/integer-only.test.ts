import { Editor, inferModel } from '@refold/ir';
import { makeInputs } from '@refold/runtime';
import { expect, test } from 'vitest';
import { constant, model, weight } from '../../../test/support.ts';
import { checkTarget } from '../check/check-target.ts';
import { quantizePostTraining } from '../flow/flow.ts';
import { integerOnly } from './index.ts';

/** Operators on codes and on floats, of a model that is quantized for integers alone. */
async function sides(text: string): Promise<readonly [codes: string, floats: string]> {
  const changed = model(text);
  const samples = [1, 2].map((seed) => makeInputs(changed, undefined, { seed }));
  const { report } = await quantizePostTraining(changed, { target: integerOnly, samples });
  inferModel(new Editor(changed));
  expect(checkTarget(changed, integerOnly)).toEqual([]);
  const list = (counts: Readonly<Record<string, number>>): string => Object.keys(counts).sort().join(' ');
  return [list(report.quantized), list(report.float)];
}

const image = `(float[1,2,8,8] x) => (float[2,2,4,4] y) <${weight('w', [2, 2, 1, 1])}, int64[2] at = {0, 0}, boxes>`;

test.each(['avg', 'max'])(
  'regions of an image are averages or maxima (%s), with the scale of the image',
  async (mode) => {
    const boxes = constant('b', [2, 4], [0, 0, 4, 4, 1, 1, 12, 12]);
    const text = image.replace('boxes', boxes);
    const align = `RoiAlign <mode = "${mode}", output_height = 4, output_width = 4> (a, b, at)`;
    expect(await sides(`${text} { a = Conv (x, w) r = ${align} y = Conv (r, w) }`)).toEqual([
      'Conv RoiAlign',
      '',
    ]);
  },
);

test('what is drawn with the size of a value is no float between codes', async () => {
  const text = `(float[2,4] x) => (float[2,4] y) <${weight('w', [4, 4])}>`;
  const nodes = 'a = MatMul (x, w) n = RandomNormalLike (a) s = Add (a, n) y = MatMul (s, w)';
  expect(await sides(`${text} { ${nodes} }`)).toEqual(['Add MatMul', 'RandomNormalLike']);
});

test('what is picked and written at places keeps its scale', async () => {
  const text =
    `(float[3,4] x) => (float[3,4] y) <${weight('w', [4, 4])}, int64[2,1] k = {2, 0}>` +
    ' { a = MatMul (x, w) g = GatherND (a, k) s = ScatterND (a, k, g) y = MatMul (s, w) }';
  expect(await sides(text)).toEqual(['GatherND MatMul ScatterND', '']);
});

test('the larger of several, in one scale', async () => {
  const text =
    `(float[2,4] x) => (float[2,4] y) <${weight('w', [4, 4])}, float ninf = {-inf}>` +
    ' { a = MatMul (x, w) b = MatMul (a, w) m = Max (a, b, x) c = Max (m, ninf) y = MatMul (c, w) }';
  expect(await sides(text)).toEqual(['MatMul Max', '']);
});
