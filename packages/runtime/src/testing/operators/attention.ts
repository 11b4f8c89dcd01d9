import type { Family, Generator } from './generator.ts';

const attention: Generator = (s) => {
  const packed = s.choices.flag();
  const dtype = s.dtype(s.data(s.types(0)));
  const valueType = dtype;
  const kvHeads = s.choices.between(1, 2);
  const heads = kvHeads * s.choices.between(1, 2);
  const [batch, queries, keys] = [s.choices.between(1, 2), s.choices.between(1, 3), s.choices.between(1, 3)];
  const [size, valueSize] = [s.choices.between(1, 4), s.choices.between(1, 4)];
  const dims = (h: number, length: number, d: number) =>
    packed ? [batch, length, h * d] : [batch, h, length, d];
  const q = s.like(dtype, dims(heads, queries, size));
  const k = s.like(dtype, dims(kvHeads, keys, size));
  const v = s.like(valueType, dims(kvHeads, keys, valueSize));
  const past = s.choices.rarely(3) ? s.choices.between(1, 2) : 0;
  const total = past + keys;
  const masks = [
    [queries, total],
    [batch, 1, queries, total],
    [1, heads, queries, total],
  ];
  const maskType = s.choices.of(['bool', dtype] as const);
  // A row in which nothing may be seen has no softmax.
  const mask = s.maybe(() =>
    s.fresh(maskType, s.choices.of(masks), maskType === 'bool' ? { of: [1] } : 'normal'),
  );
  const cache =
    past > 0
      ? [s.fresh(dtype, [batch, kvHeads, past, size]), s.fresh(valueType, [batch, kvHeads, past, valueSize])]
      : [];
  const wantsCache = past > 0;
  s.node(
    [q, k, v, mask, ...cache],
    {
      is_causal: past === 0 && queries <= keys ? s.flag() : undefined,
      q_num_heads: packed ? heads : undefined,
      kv_num_heads: packed ? kvHeads : undefined,
      scale: s.float(0.125, 1),
      softcap: s.maybe(() => s.choices.of([0, 1, 4])),
    },
    wantsCache ? 3 : 1,
  );
};

const rotaryEmbedding: Generator = (s) => {
  const dtype = s.dtype(s.data(s.types(0)));
  const [batch, heads, length] = [s.choices.between(1, 2), s.choices.between(1, 2), s.choices.between(1, 3)];
  const size = 2 * s.choices.between(1, 3);
  const packed = s.choices.flag();
  const x = s.like(dtype, packed ? [batch, length, heads * size] : [batch, heads, length, size]);
  const part = size > 2 && s.choices.rarely(3) ? 2 : 0;
  const half = (part === 0 ? size : part) / 2;
  const places = s.maybe(() => s.fresh('int64', [batch, length], { from: 0, to: 3 }));
  const cache = () => s.fresh(dtype, places ? [4, half] : [batch, length, half], { from: -1, to: 1 });
  s.node([x, cache(), cache(), places], {
    interleaved: s.flag(),
    num_heads: packed ? heads : undefined,
    rotary_embedding_dim: part === 0 ? undefined : part,
  });
};

const linearAttention: Generator = (s) => {
  const dtype = s.dtype(s.data(s.types(0)));
  const kvHeads = s.choices.between(1, 2);
  const heads = kvHeads * s.choices.between(1, 2);
  const [batch, length, keySize, valueSize] = [1, 2, 2, 2].map((most) => s.choices.between(1, most + 1));
  const [b = 1, t = 1, dk = 1, dv = 1] = [batch, length, keySize, valueSize];
  const rule = s.choices.of(['gated_delta', 'linear', 'gated', 'delta']);
  const fresh = (...dims: readonly number[]) => s.fresh(dtype, dims, { from: -1, to: 1 });
  const decay = rule.startsWith('gated') ? fresh(b, t, kvHeads * s.choices.of([1, dk])) : undefined;
  const beta = rule.endsWith('delta') ? fresh(b, t, s.choices.of([1, kvHeads])) : undefined;
  const state = s.maybe(() =>
    s.fresh(s.dtype(s.data(s.types(3))), [b, kvHeads, dk, dv], { from: -1, to: 1 }),
  );
  const operands = [
    fresh(b, t, heads * dk),
    fresh(b, t, kvHeads * dk),
    fresh(b, t, kvHeads * dv),
    state,
    decay,
    beta,
  ];
  s.node(
    operands,
    { q_num_heads: heads, kv_num_heads: kvHeads, update_rule: rule, scale: s.float(0.125, 1) },
    2,
  );
};

const causalConv: Generator = (s) => {
  const dtype = s.dtype(s.data(s.types(0)));
  const [batch = 1, channels = 1, length = 1] = s.sizes(3);
  const taps = s.choices.between(1, 3);
  const bias = s.maybe(() => s.like(dtype, [channels]));
  const state = s.maybe(() => s.like(dtype, [batch, channels, taps - 1]));
  s.node(
    [s.like(dtype, [batch, channels, length]), s.like(dtype, [channels, 1, taps]), bias, state],
    {
      activation: s.maybe(() => s.choices.of(['silu', 'swish', 'none'])),
    },
    2,
  );
};

export const attentionFamily: Family = {
  Attention: attention,
  RotaryEmbedding: rotaryEmbedding,
  LinearAttention: linearAttention,
  CausalConvWithState: causalConv,
};
