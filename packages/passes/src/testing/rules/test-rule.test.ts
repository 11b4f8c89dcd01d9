import { type ParamValue, parseModel, type Value } from '@refold/ir';
import {
  type ConstRef,
  constant,
  type InstanceHint,
  no,
  oneOf,
  op,
  optional,
  type ParamTest,
  type Pat,
  product,
  type Query,
  type Rule,
  rule,
  sum,
  type Verdict,
  value,
  yes,
} from '@refold/matcher';
import { expect, test } from 'vitest';
import { RuleTestError, testRule } from '../index.ts';

interface Captures {
  readonly x: Value;
  readonly scale: Value;
  readonly bias?: Value;
  readonly epsilon?: ConstRef;
  readonly axes: readonly number[];
  readonly keepdims?: ParamValue;
}

/** The parts of a rule for LayerNormalization that see to it that it is one. */
interface Parts {
  readonly centred: (mean: Pat) => Pat;
  readonly square: (centred: Pat) => Pat;
  readonly epsilon: Pat;
  readonly axes: ParamTest;
  /** Of the variance, if they need not be those of the mean. */
  readonly otherAxes?: ParamTest;
  /** Of the variance. */
  readonly keepdims: ParamTest;
  readonly guard: (m: Captures, q: Query) => Verdict;
  readonly hint: InstanceHint;
}

const x = value('x', { dtype: ['float32', 'float16'] });
const straight = (mean: Pat): Pat => sum([x, op('Neg', [mean])]);
const shapes = { x: ['B', 'S', 'D'], scale: ['D'], bias: ['D'] };

/** Scale and bias must have the shape of the axes. */
function checkShapes(m: Captures, q: Query): Verdict {
  const fits = (v: Value | undefined): boolean => {
    const [own, all] = [v && q.shape(v), q.shape(m.x)];
    return (
      v === undefined || (own?.length === m.axes.length && own.join() === all?.slice(-own.length).join())
    );
  };
  if (m.epsilon && m.epsilon.splat === undefined) return no('epsilon-not-uniform', 'epsilon');
  if (!fits(m.scale)) return no('scale-shape', 'scale');
  return fits(m.bias) ? yes : no('bias-shape', 'bias');
}

const sound: Parts = {
  centred: straight,
  square: (centred) => product([centred, centred]),
  epsilon: constant('epsilon', { dtype: 'float', splat: true }),
  axes: { axes: 'trailing', capture: 'axes' },
  keepdims: true,
  guard: checkShapes,
  hint: { shapes, values: { axes: [2] } },
};

function layerNorm(change: Partial<Parts> = {}): Rule {
  const p = { ...sound, ...change };
  const meanOf = (of: Pat, axes: ParamTest, keepdims: ParamTest): Pat =>
    op('ReduceMean', [of], { params: { axes, keepdims } });
  const centred = p.centred(meanOf(x, p.axes, true));
  const variance = meanOf(p.square(centred), p.otherAxes ?? p.axes, p.keepdims);
  const root = op('Sqrt', [sum([variance, p.epsilon])]);
  const scaled = product([centred, op('Reciprocal', [root]), value('scale')]);
  const { data } = optional('hasBias', scaled, (n) => sum([n, value('bias')]));
  return rule<Captures>({
    name: 'test/layer-norm',
    doc: '(x - mean) / sqrt(variance + epsilon) * scale + bias = LayerNormalization(x, scale, bias)',
    match: { data },
    guard: p.guard,
    build: (m, b, q) =>
      b.node('LayerNormalization', [m.x, m.scale, m.bias], {
        axis: Math.min(...m.axes) - (q.shape(m.x)?.length ?? 0),
        epsilon: Number(m.epsilon?.splat ?? 1e-5),
      }),
    emits: [{ op: 'LayerNormalization', since: 17 }],
    exactness: 'reassociate',
    phase: 'fuse',
    instances: [p.hint],
  });
}

/** What the kit says of a rule. */
async function complaint(of: Rule, kinds: readonly string[]): Promise<RuleTestError> {
  try {
    await testRule(of, { runs: 6, mutants: 16, kinds });
  } catch (error) {
    if (error instanceof RuleTestError) return error;
    throw error;
  }
  throw new Error('the kit found nothing');
}

test('a rule with all its checks passes', async () => {
  const report = await testRule(layerNorm(), { mutants: 2 });
  expect(report.positives).toBe(24);
  expect(report.opsets.length).toBeGreaterThan(5);
  expect(report.dtypes).toEqual(['float16', 'float32']);
  expect(report.survivors).toEqual([]);
  expect(report.mutants.refused).toBeGreaterThan(10);
  expect(report.mutants.followed).toBeGreaterThan(10);
});

const withChoice = (choices: Readonly<Record<string, string>>): InstanceHint => ({ ...sound.hint, choices });
const eitherWay = (mean: Pat): Pat =>
  oneOf('order', { straight: straight(mean), turned: sum([mean, op('Neg', [x])]) });

test.for<readonly [string, Partial<Parts>, readonly string[]]>([
  [
    'the difference may be the other way round',
    { centred: eitherWay, hint: withChoice({ order: 'straight' }) },
    ['swapped-operands'],
  ],
  [
    'the exponent is not looked at',
    {
      square: (centred) => op('Pow', [centred, constant('power', { splat: true })]),
      hint: { ...sound.hint, values: { axes: [2], power: 2 } },
    },
    ['constant-plus-1'],
  ],
  [
    'epsilon may be any value, and is lost',
    {
      epsilon: oneOf('kind', { constant: sound.epsilon, any: value('e') }),
      hint: withChoice({ kind: 'constant' }),
    },
    ['constant-as-input'],
  ],
  [
    'epsilon need not be one number',
    {
      epsilon: constant('epsilon'),
      guard: (m, q) => (m.epsilon?.splat === undefined ? yes : checkShapes(m, q)),
    },
    ['constant-not-uniform'],
  ],
  ['the axes need not be the last ones', { axes: { capture: 'axes' }, hint: { shapes } }, []],
  [
    'the variance may be over other axes',
    { otherAxes: { capture: 'others' }, hint: { shapes, values: { axes: [2], others: [2] } } },
    ['moved-axis'],
  ],
  [
    'keepdims is not looked at',
    {
      keepdims: { capture: 'keepdims' },
      hint: {
        shapes: { x: ['B', 'B', 'B'], scale: ['B'], bias: ['B'] },
        values: { axes: [2], keepdims: true },
      },
    },
    ['flipped-flag'],
  ],
  [
    'the variance may be of something else',
    { square: () => product([value('z'), value('z')]), hint: { shapes: { ...shapes, z: ['B', 'S', 'D'] } } },
    [],
  ],
])('the kit sees it when %s', async ([, change, mutants]) => {
  const error = await complaint(layerNorm(change), mutants);
  // Mistakes that show in instances themselves need no change.
  expect((error.mutant ?? '').split(':')[0]).toBe(mutants[0] ?? '');
  // The model that it shows can be read, and is small.
  expect(parseModel(error.model).graph.nodeCount).toBeLessThan(16);
});

test('the operator broadcasts scale and bias itself, and the driver refuses what widens: no check is needed', async () => {
  const unchecked = layerNorm({ guard: () => yes, hint: { shapes, values: { axes: [2] } } });
  const kinds = ['larger-rank', 'size-1', 'other-size', 'symbolic-sizes'];
  const { mutants } = await testRule(unchecked, { runs: 6, mutants: 8, kinds });
  expect(mutants.followed).toBeGreaterThan(10);
});
