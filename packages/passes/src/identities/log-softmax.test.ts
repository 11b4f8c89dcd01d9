import { test } from 'vitest';
import { expectNodes, expectUnchanged } from '../../test/support.ts';
import { fuseLogSoftmax } from './log-softmax.ts';

test('Log of Softmax is LogSoftmax along the same axis', () => {
  const graph = '(float[2,3] x) => (float[2,3] y) { s = Softmax <axis = 0> (x) y = Log (s) }';
  expectNodes(fuseLogSoftmax, graph, 'y = LogSoftmax <axis: int = 0> (x)');
  expectNodes(fuseLogSoftmax, graph.replace(' <axis = 0>', ''), 'y = LogSoftmax (x)');
});

test('before opset 13 both flatten alike', () => {
  const graph = '(float[2,3,2] x) => (float[2,3,2] y) { s = Softmax <axis = 1> (x) y = Log (s) }';
  expectNodes(fuseLogSoftmax, graph, 'y = LogSoftmax <axis: int = 1> (x)', { opset: 11 });
});

test('a Softmax that something else reads stays', () => {
  expectUnchanged(
    fuseLogSoftmax,
    '(float[2,3] x) => (float[2,3] y, float[2,3] s) { s = Softmax (x) y = Log (s) }',
  );
});
