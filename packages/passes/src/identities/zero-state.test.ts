import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged, weight } from '../../test/support.ts';
import { deadNodes } from '../dead/nodes.ts';
import { dropZeroStates } from './zero-state.ts';

const weights = [weight('w', [1, 8, 3]), weight('r', [1, 8, 2])];
const zeros = (name: string): string => constant(name, [1, 1, 2], [0, 0]);

const lstm = (state: readonly string[], operands: string, inputs = 'float[4,1,3] x'): string =>
  `(${inputs}) => (float[4,1,1,2] y, float[1,1,2] h) <${[...weights, ...state].join(', ')}> {
    y, h = LSTM <hidden_size = 2> (${operands}) }`;

test('initial states that are zero are what is there anyway', () => {
  expectNodes(
    dropZeroStates,
    lstm([zeros('h0'), zeros('c0')], 'x, w, r, , , h0, c0'),
    'y, h = LSTM <hidden_size: int = 2> (x, w, r)',
  );
});

test('computed zeros count', () => {
  const graph = `(float[4,1,3] x) => (float[4,1,1,2] y) <${[weight('w', [1, 6, 3]), weight('r', [1, 6, 2])].join(', ')}, int64[3] s = {1, 1, 2}> {
    h0 = ConstantOfShape (s) y = GRU <hidden_size = 2> (x, w, r, , , h0) }`;
  expectNodes(dropZeroStates, graph, 'y = GRU <hidden_size: int = 2> (x, w, r)');
});

test('zeros that are taken apart are zeros', () => {
  const graph = `(float[4,1,3] x) => (float[4,1,1,2] y) <${weights.join(', ')}, int64[3] s = {2, 1, 2}, int64[2] k = {1, 1}> {
    zeros = ConstantOfShape (s) h, c = Split <axis = 0> (zeros, k) y = LSTM <hidden_size = 2> (x, w, r, , , h, c) }`;
  expectNodes([dropZeroStates, deadNodes], graph, 'y = LSTM <hidden_size: int = 2> (x, w, r)');
});

test('other states stay', () => {
  const ones = constant('c0', [1, 1, 2], [1, 0]);
  expectNodes(
    dropZeroStates,
    lstm([zeros('h0'), ones], 'x, w, r, , , h0, c0'),
    'y, h = LSTM <hidden_size: int = 2> (x, w, r, "", "", "", c0)',
  );
  expectUnchanged(dropZeroStates, lstm([], 'x, w, r, , , h0', 'float[4,1,3] x, float[1,1,2] h0'));
  const filled = `(float[4,1,3] x) => (float[4,1,1,2] y) <${[weight('w', [1, 2, 3]), weight('r', [1, 2, 2])].join(', ')}, int64[3] s = {1, 1, 2}> {
    h0 = ConstantOfShape <value = float[1] {0.5}> (s) y = RNN <hidden_size = 2> (x, w, r, , , h0) }`;
  expectUnchanged(dropZeroStates, filled);
});
