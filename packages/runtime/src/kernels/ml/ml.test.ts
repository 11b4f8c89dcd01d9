import { Tensor, tensorOf } from '@refold/ir';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { erfc } from '../../math/erf.ts';
import { NdArray, type NdMap, type NdValue } from '../../tensor/nd-array.ts';
import { fromReals } from '../../tensor/reals.ts';
import { type AttributeValue, runOne } from '../run-one.ts';
import { probit } from './scores.ts';

const domain = 'ai.onnx.ml';
const floats = (dims: readonly number[], ...values: number[]): NdArray => fromReals('float32', dims, values);
const strings = (...values: string[]): NdArray => new NdArray('string', [values.length], values);

function ml(
  op: string,
  inputs: readonly NdValue[],
  attributes: Readonly<Record<string, AttributeValue>>,
  outputs = 1,
  opset = 5,
): unknown[] {
  return runOne(op, inputs, attributes, { domain, opset, outputs }).map(plain);
}

function plain(value: NdValue): unknown {
  if (value.kind === 'tensor') return Array.from<unknown>(value.data);
  if (value.kind === 'sequence') return value.items.map(plain);
  return value.kind === 'map' ? [...value.entries].map(([k, v]) => [k, plain(v)]) : value.kind;
}

/** Two stumps: x0 <= 1 (missing counts as yes), and x1 < 0. */
const stumps = {
  nodes_treeids: [0, 0, 0, 1, 1, 1],
  nodes_nodeids: [0, 1, 2, 0, 1, 2],
  nodes_featureids: [0, 0, 0, 1, 0, 0],
  nodes_modes: ['BRANCH_LEQ', 'LEAF', 'LEAF', 'BRANCH_LT', 'LEAF', 'LEAF'],
  nodes_values: [1, 0, 0, 0, 0, 0],
  nodes_truenodeids: [1, 0, 0, 1, 0, 0],
  nodes_falsenodeids: [2, 0, 0, 2, 0, 0],
  nodes_missing_value_tracks_true: [1, 0, 0, 0, 0, 0],
};

const targets = {
  target_treeids: [0, 0, 1, 1],
  target_nodeids: [1, 2, 1, 2],
  target_ids: [0, 0, 0, 0],
  target_weights: [1, 2, 10, 20],
};

const rows = floats([3, 2], 1, -1, 1.5, 0, Number.NaN, 5);

test('trees sum, average or compare the weights of the leaves that a row reaches', () => {
  const regress = (aggregate_function: string): unknown =>
    ml('TreeEnsembleRegressor', [rows], {
      ...stumps,
      ...targets,
      n_targets: 1,
      base_values: [0.5],
      aggregate_function,
    })[0];
  expect(regress('SUM')).toEqual([11.5, 22.5, 21.5]);
  expect(regress('AVERAGE')).toEqual([6, 11.5, 11]);
  expect(regress('MIN')).toEqual([1.5, 2.5, 1.5]);
  expect(regress('MAX')).toEqual([10.5, 20.5, 20.5]);
});

test('TreeEnsemble of version 5 computes the same from its own form', () => {
  const x = fromReals('float64', [3, 2], [1, -1, 1.5, 0, Number.NaN, 5]);
  const attributes = {
    tree_roots: [0, 1],
    n_targets: 1,
    nodes_featureids: [0, 1],
    nodes_modes: tensorOf('uint8', [2], [0, 1]),
    nodes_splits: tensorOf('float64', [2], [1, 0]),
    nodes_truenodeids: [0, 2],
    nodes_trueleafs: [1, 1],
    nodes_falsenodeids: [1, 3],
    nodes_falseleafs: [1, 1],
    nodes_missing_value_tracks_true: [1, 0],
    leaf_targetids: [0, 0, 0, 0],
    leaf_weights: tensorOf('float64', [4], [1, 2, 10, 20]),
  };
  expect(ml('TreeEnsemble', [x], attributes)).toEqual([[11, 22, 21]]);
});

test('with weights for one of two classes, their sum decides alone', () => {
  const classes = { class_treeids: [0, 0, 1, 1], class_nodeids: [1, 2, 1, 2], class_ids: [0, 0, 0, 0] };
  const decide = (class_weights: readonly number[], post_transform = 'NONE'): unknown[] =>
    ml(
      'TreeEnsembleClassifier',
      [rows],
      { ...stumps, ...classes, class_weights, classlabels_strings: ['no', 'yes'], post_transform },
      2,
    );
  expect(decide([0.25, 0.5, 0.125, 0.5])).toEqual([
    ['no', 'yes', 'yes'],
    [0.625, 0.375, 0, 1, 0.25, 0.75],
  ]);
  // Signed weights are compared with 0, not with one half.
  expect(decide([-0.25, 0.5, 0.5, -0.5])).toEqual([
    ['yes', 'no', 'no'],
    [-0.25, 0.25, -0, 0, 0.75, -0.75],
  ]);
  expect(decide([0, 0, 0, 0], 'LOGISTIC')[1]).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
});

test('broken trees are refused, not walked for ever', () => {
  const broken =
    (change: object): (() => unknown) =>
    () =>
      ml('TreeEnsembleRegressor', [rows], { ...stumps, ...targets, n_targets: 1, ...change });
  expect(
    broken({ nodes_truenodeids: [0, 0, 0, 1, 0, 0], nodes_falsenodeids: [2, 0, 0, 2, 0, 0] }),
  ).not.toThrow();
  expect(
    broken({
      nodes_modes: ['BRANCH_LEQ', 'BRANCH_LEQ', 'LEAF', 'BRANCH_LT', 'LEAF', 'LEAF'],
      nodes_truenodeids: [1, 1, 0, 1, 0, 0],
      nodes_falsenodeids: [2, 1, 0, 2, 0, 0],
    }),
  ).toThrow('a tree leads back to one of its nodes');
  expect(broken({ nodes_featureids: [7, 0, 0, 1, 0, 0] })).toThrow('a tree asks for feature 7 of 2');
  expect(broken({ nodes_truenodeids: [9, 0, 0, 1, 0, 0] })).toThrow('tree 0 has no node 9');
  expect(broken({ nodes_values: [1] })).toThrow('nodes_values has 1 entries instead of 6');
});

test('linear models', () => {
  const x = floats([2, 2], 1, 2, -1, 0);
  expect(
    ml('LinearRegressor', [x], { coefficients: [1, 2, 0, 1], intercepts: [0.5, 0], targets: 2 }),
  ).toEqual([[5.5, 2, -0.5, 0]]);
  const one = { coefficients: [1, 1], intercepts: [0.5], classlabels_ints: [4, 5] };
  expect(ml('LinearClassifier', [x], one, 2)).toEqual([
    [5n, 4n],
    [-2.5, 3.5, 1.5, -0.5],
  ]);
  const many = {
    coefficients: [1, 0, 0, 1, 1, 1],
    intercepts: [0, 0, -9],
    classlabels_strings: ['a', 'b', 'c'],
  };
  expect(ml('LinearClassifier', [x], many, 2)[0]).toEqual(['b', 'b']);
  expect(() => ml('LinearRegressor', [x], { coefficients: [1] })).toThrow(
    'it has 1 coefficients for 1 functions of 2 columns',
  );
});

test('a support vector machine with one vector per class votes for the nearer one', () => {
  const attributes = {
    kernel_type: 'RBF',
    kernel_params: [1, 0, 0],
    support_vectors: [0, 0, 2, 2],
    vectors_per_class: [1, 1],
    coefficients: [1, -1],
    rho: [0],
    classlabels_strings: ['near', 'far'],
  };
  const [labels, scores] = ml('SVMClassifier', [floats([2, 2], 0, 0, 2, 2)], attributes, 2);
  const d = Math.fround(1 - Math.exp(-8));
  expect(labels).toEqual(['near', 'far']);
  expect(scores).toEqual([-d, d, d, -d]);
});

test('SVMRegressor: kernels by hand', () => {
  const regress = (kernel_type: string, more: object = {}): unknown =>
    ml('SVMRegressor', [floats([1, 2], 1, 2)], {
      kernel_type,
      kernel_params: [0.5, 1, 3],
      support_vectors: [2, 1],
      coefficients: [10],
      rho: [-1],
      n_supports: 1,
      ...more,
    })[0];
  expect(regress('LINEAR')).toEqual([39]);
  expect(regress('POLY')).toEqual([269]);
  expect(regress('RBF')).toEqual([Math.fround(10 * Math.exp(-1) - 1)]);
  expect(regress('SIGMOID')).toEqual([Math.fround(10 * Math.tanh(3) - 1)]);
  expect(regress('LINEAR', { one_class: 1, rho: [-50] })).toEqual([-1]);
});

test('LabelEncoder maps keys, NaN among them, and gives a default for the rest', () => {
  const x = floats([3], 1.5, Number.NaN, 7);
  expect(ml('LabelEncoder', [x], { keys_floats: [1.5, Number.NaN], values_strings: ['a', 'b'] })).toEqual([
    ['a', 'b', '_Unused'],
  ]);
  const words = strings('x', 'y', 'z');
  const twice = { keys_strings: ['x', 'y', 'x'], values_int64s: [1, 2, 3], default_int64: 9 };
  expect(ml('LabelEncoder', [words], twice)).toEqual([[3n, 2n, 9n]]);
  expect(ml('LabelEncoder', [words], twice, 1, 2)).toEqual([[1n, 2n, 9n]]);
  const tensors = {
    keys_tensor: Tensor.ofStrings([2], ['x', 'z']),
    values_tensor: tensorOf('int16', [2], [7, 8]),
    default_tensor: tensorOf('int16', [1], [-5]),
  };
  expect(ml('LabelEncoder', [words], tensors)).toEqual([[7, -5, 8]]);
  const classes = { classes_strings: ['x', 'z'] };
  expect(ml('LabelEncoder', [words], classes, 1, 1)).toEqual([[0n, -1n, 1n]]);
  expect(ml('LabelEncoder', [fromReals('int64', [2], [1, 5])], classes, 1, 1)).toEqual([['z', '_Unused']]);
});

test('preparation of features', () => {
  const x = floats([2, 3], 3, -4, 0, 0, 0, 0);
  expect(ml('Normalizer', [x], { norm: 'L2' })).toEqual([[0.6, -0.8, 0, 0, 0, 0].map(Math.fround)]);
  expect(ml('Normalizer', [x], { norm: 'MAX' })).toEqual([[1, Math.fround(-4 / 3), 0, 0, 0, 0]]);
  expect(ml('Scaler', [x], { offset: [1, 0, 0], scale: [2] })).toEqual([[4, -8, 0, -2, 0, 0]]);
  expect(ml('Binarizer', [x], { threshold: 0 })).toEqual([[1, 0, 0, 0, 0, 0]]);
  expect(
    ml('Imputer', [floats([3], 1, Number.NaN, 2)], {
      replaced_value_float: Number.NaN,
      imputed_value_floats: [9],
    }),
  ).toEqual([[1, 9, 2]]);
  expect(ml('OneHotEncoder', [strings('b', 'q')], { cats_strings: ['a', 'b'] })).toEqual([[0, 1, 0, 0]]);
  expect(() => ml('OneHotEncoder', [strings('q')], { cats_strings: ['a'], zeros: 0 })).toThrow(
    'q is not a category',
  );
  expect(ml('ArrayFeatureExtractor', [x, fromReals('int64', [1, 2], [2, 0])], {})).toEqual([[0, 3, 0, 0]]);
  expect(ml('FeatureVectorizer', [x, floats([2, 1], 7, 8)], { inputdimensions: [2, 1] })).toEqual([
    [3, -4, 7, 0, 0, 8],
  ]);
});

test('maps come from columns and go back to them', () => {
  const [maps] = runOne('ZipMap', [floats([1, 2], 0.5, 1)], { classlabels_strings: ['a', 'b'] }, { domain });
  expect(maps && plain(maps)).toEqual([
    [
      ['a', [0.5]],
      ['b', [1]],
    ],
  ]);
  const map = maps?.kind === 'sequence' ? maps.items[0] : undefined;
  expect(map && ml('DictVectorizer', [map], { string_vocabulary: ['b', 'q', 'a'] })).toEqual([[1, 0, 0.5]]);
  const entries = new Map<bigint, NdValue>([
    [3n, floats([], 7)],
    [1n, floats([], 8)],
  ]);
  const ints: NdMap = { kind: 'map', keyType: 'int64', entries };
  expect(ml('CastMap', [ints], { cast_to: 'TO_INT64' })).toEqual([[8n, 7n]]);
  expect(ml('CastMap', [ints], { cast_to: 'TO_STRING', map_form: 'SPARSE', max_map: 4 })).toEqual([
    ['', '8', '', '7'],
  ]);
  const pairs = { cats_int64s: [1, 2], cats_strings: ['a', 'b'] };
  expect(ml('CategoryMapper', [strings('b', 'c')], pairs)).toEqual([[2n, -1n]]);
});

test('probit is the inverse of the normal distribution function', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1, maxExcluded: true, noNaN: true }), (p) => {
      expect(0.5 * erfc(-probit(p) / Math.SQRT2)).toBeCloseTo(p, 10);
    }),
  );
  expect([probit(0), probit(1), probit(0.5)].map((v) => v + 0)).toEqual([
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    0,
  ]);
});
