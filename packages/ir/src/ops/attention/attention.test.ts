import { expect, test } from 'vitest';
import { Editor } from '../../edit/editor.ts';
import { inferModel } from '../../infer/infer.ts';
import { viewAs } from '../../infer/view-of.ts';
import { parseModel } from '../../text/index.ts';
import { symbolDim } from '../../types/dim.ts';
import { tensorType } from '../../types/value-type.ts';
import { inferText } from '../infer-text.ts';
import { attention } from './attention.ts';

test('Attention takes heads as an axis or packed', () => {
  const g = inferText(
    `(float[B, 8, Q, 64] q, float[B, 2, K, 64] k, float[B, 2, K, 32] v,
      float[B, Q, 512] q3, float[B, K, 128] k3, float[B, K, 64] v3) => () {
      y = Attention (q, k, v)
      z = Attention <q_num_heads = 8, kv_num_heads = 2> (q3, k3, v3)
    }`,
    24,
  );
  expect(g.type('y')).toBe('float32[B, 8, Q, 32]');
  expect(g.type('z')).toBe('float32[B, Q, 256]');
});

test('Attention grows its cache', () => {
  const g = inferText(
    `(float[B, 4, Q, 64] q, float[B, 4, P, 64] p) => () {
      y, keys, values, scores = Attention (q, q, q, , p, p)
    }`,
    23,
  );
  expect(g.type('keys')).toBe('float32[B, 4, P + Q, 64]');
  expect(g.type('values')).toBe('float32[B, 4, P + Q, 64]');
  expect(g.type('scores')).toBe('float32[B, 4, Q, P + Q]');
});

test('the scale of Attention is one over the root of the head size unless it is given', () => {
  const view = (attributes: string) => {
    const graph = `(float[B, Q, 512] q) => () { y = Attention <${attributes} q_num_heads = 8, kv_num_heads = 8> (q, q, q) }`;
    const node = inferText(graph, 25).value('y').producer;
    return node && viewAs(node, attention);
  };
  expect(view('')).toMatchObject({ scale: 0.125, leftWindowSize: undefined, isCausal: false });
  expect(view('scale = 0.5, left_window_size = 0,')).toMatchObject({ scale: 0.5, leftWindowSize: 0 });
});

test('Attention refuses heads that do not fit', () => {
  const g = inferText(
    `(float[1, 6, 3, 4] q, float[1, 4, 3, 4] k, float[1, 6, 3, 5] w, float[1, 3, 20] p) => () {
      a = Attention (q, k, k)
      b = Attention (q, w, w)
      c = Attention (p, p, p)
      d = Attention <q_num_heads = 3, kv_num_heads = 3> (p, p, p)
      e = Attention (q, q, q, , q)
    }`,
    24,
  );
  expect(g.errors).toEqual([
    expect.stringContaining('6 query heads do not share 4 key heads evenly'),
    expect.stringContaining('head sizes of Q and K differ: 4 and 5'),
    expect.stringContaining('rank 3 need q_num_heads'),
    expect.stringContaining('size 20 does not divide into 3 heads'),
    expect.stringContaining('past_key and past_value go together'),
  ]);
});

test('LinearAttention and CausalConvWithState hand on their states', () => {
  const g = inferText(
    `(float[B, T, 64] q, float[B, T, 32] kv, float[B, C, L] x, float[C, 1, 4] w) => () {
      y, state = LinearAttention <q_num_heads = 4, kv_num_heads = 2, update_rule = "linear"> (q, kv, kv)
      z, carried = CausalConvWithState <activation = "silu"> (x, w)
      wrong, s2 = LinearAttention <q_num_heads = 4, kv_num_heads = 2> (q, kv, kv)
    }`,
    27,
  );
  expect([g.type('y'), g.type('state')]).toEqual(['float32[B, T, 64]', 'float32[B, 2, 16, 16]']);
  expect([g.type('z'), g.type('carried')]).toEqual(['float32[B, C, L]', 'float32[B, C, 3]']);
  expect(g.errors[0]).toContain('update_rule gated_delta needs decay');
});

test('the graphs of FlexAttention are inferred for all its scores, in the precision of the softmax', () => {
  const model = parseModel(`<ir_version: 13, opset_import: ["" : 26, "ai.onnx.preview" : 1]>
    g (float16[B, 8, Q, 64] q, float16[B, 2, K, 64] k) => (y) {
      y = ai.onnx.preview.FlexAttention <
        score_mod = s (scores) => (capped) { capped = Tanh (scores) },
        prob_mod = p (probs) => (kept) { kept = Identity (probs) }> (q, k, k)
    }`);
  inferModel(new Editor(model));
  const nested = [...model.graph.nodes()].flatMap((node) => node.graphs);
  const [b, q, k] = ['B', 'Q', 'K'].map(symbolDim);
  expect(nested.map((graph) => graph.outputs[0]?.type)).toEqual([
    tensorType('float32', [b ?? 0, 8, q ?? 0, k ?? 0]),
    tensorType('float32', [b ?? 0, 8, q ?? 0, k ?? 0]),
  ]);
});
