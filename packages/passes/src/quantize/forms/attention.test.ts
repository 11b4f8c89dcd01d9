import { Editor, inferModel, type Model, verifyModel } from '@refold/ir';
import { checkEquivalent } from '@refold/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { model } from '../../../test/support.ts';
import { spellAttention } from './attention.ts';
import { spellRotaryEmbedding } from './rotary-embedding.ts';

interface Sizes {
  readonly opset: number;
  readonly shapes?: Readonly<Record<string, readonly number[]>> | undefined;
}

/** Spells all attentions and rotations of a model, which must compute the same; answers its operators. */
function spelled(text: string, { opset, shapes }: Sizes): readonly string[] {
  const read = (): Model => model(text, { opset });
  const after = read();
  const editor = new Editor(after);
  inferModel(editor);
  for (const node of [...after.graph.nodes()])
    spellAttention(editor, node) || spellRotaryEmbedding(editor, node);
  inferModel(editor);
  expect(verifyModel(after).map((f) => f.message)).toEqual([]);
  const { verdict, differences } = checkEquivalent(read(), after, {
    sets: 3,
    ...(shapes ? { shapes } : {}),
  });
  expect([verdict, differences], text).toEqual(['equal', []]);
  return [...after.graph.nodes()].map((n) => n.opType);
}

const attentions = fc.record({
  opset: fc.constantFrom(23, 24, 26),
  isFlat: fc.boolean(),
  isDynamic: fc.boolean(),
  batch: fc.integer({ min: 1, max: 2 }),
  kvHeads: fc.integer({ min: 1, max: 3 }),
  group: fc.integer({ min: 1, max: 2 }),
  queries: fc.integer({ min: 1, max: 4 }),
  keys: fc.integer({ min: 1, max: 4 }),
  size: fc.integer({ min: 1, max: 4 }),
  valueSize: fc.integer({ min: 1, max: 3 }),
  past: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  isCausal: fc.boolean(),
  mask: fc.constantFrom('none', 'bool', 'float', 'infinite'),
  maskRank: fc.constantFrom(2, 4),
  softcap: fc.constantFrom(0, 0, 2.5),
  scale: fc.constantFrom(undefined, 0.3, 1),
  shown: fc.constantFrom(undefined, 0, 1, 3),
  showsCache: fc.boolean(),
});
type Drawn = typeof attentions extends fc.Arbitrary<infer T> ? T : never;

interface Held {
  readonly name: string;
  readonly type?: 'bool';
  readonly dims: readonly string[];
}

/** A model of one attention, of which batch and lengths may have names, and their sizes. */
function attentionText(d: Drawn): { readonly text: string; readonly shapes: Sizes['shapes'] } {
  const sizes = { B: d.batch, L: d.queries, T: d.keys, P: d.past ?? 0, N: (d.past ?? 0) + d.keys };
  const isSize = (dim: string): dim is keyof typeof sizes => dim in sizes;
  const sizeOf = (dim: string): number => (isSize(dim) ? sizes[dim] : Number(dim));
  const heads = d.kvHeads * d.group;
  const list = (name: string, count: number, length: string, size: number): Held => ({
    name,
    dims: d.isFlat ? ['B', length, `${count * size}`] : ['B', `${count}`, length, `${size}`],
  });
  const cached = (name: string, size: number): Held => ({
    name,
    dims: ['B', `${d.kvHeads}`, 'P', `${size}`],
  });
  const hasPast = d.past !== undefined;
  const mask: Held = { name: 'm', dims: d.maskRank === 2 ? ['L', 'N'] : ['B', '1', 'L', 'N'] };
  const inputs: readonly Held[] = [
    list('q', heads, 'L', d.size),
    list('k', d.kvHeads, 'T', d.size),
    list('v', d.kvHeads, 'T', d.valueSize),
    ...(d.mask === 'none' ? [] : [d.mask === 'float' ? mask : { ...mask, type: 'bool' as const }]),
    ...(hasPast ? [cached('pk', d.size), cached('pv', d.valueSize)] : []),
  ];
  const settings = {
    q_num_heads: d.isFlat ? heads : undefined,
    kv_num_heads: d.isFlat ? d.kvHeads : undefined,
    scale: d.scale?.toFixed(1),
    softcap: d.softcap === 0 ? undefined : d.softcap,
    is_causal: Number(d.isCausal),
    qk_matmul_output_mode: d.shown,
  };
  const attributes = Object.entries(settings).flatMap(([key, v]) =>
    v === undefined ? [] : [`${key} = ${v}`],
  );
  const given = [
    'y',
    ...(hasPast || d.showsCache ? ['ck', 'cv'] : ['', '']),
    d.shown === undefined ? '' : 's',
  ];
  const read = [
    'q',
    'k',
    'v',
    { none: '', infinite: 'i', bool: 'm', float: 'm' }[d.mask],
    ...(hasPast ? ['pk', 'pv'] : []),
  ];
  // Truth values as a bias: 0 and minus infinity.
  const bias = d.mask === 'infinite' ? 'f = Cast <to = 1> (m) i = Log (f) ' : '';
  const dimsOf = ({ dims }: Held): string => dims.map((x) => (d.isDynamic ? x : sizeOf(x))).join();
  const declared = inputs.map((held) => `${held.type ?? 'float'}[${dimsOf(held)}] ${held.name}`);
  const outputs = given.flatMap((name) => {
    const rank = name === 'y' && d.isFlat ? 3 : 4;
    return name === '' ? [] : [`float[${Array.from({ length: rank }, (_, i) => name + i)}] ${name}`];
  });
  const quoted = (names: readonly string[]): string => names.map((name) => name || '""').join();
  return {
    text: `(${declared}) => (${outputs}) { ${bias}${quoted(given)} = Attention <${attributes}> (${quoted(read)}) }`,
    shapes: Object.fromEntries(inputs.map(({ name, dims }) => [name, dims.map(sizeOf)])),
  };
}

test('attention is products, a scale, masks and Softmax: heads shared or not, flat or not, with or without a cache', () => {
  fc.assert(
    fc.property(attentions, (d) => {
      const { text, shapes } = attentionText(d);
      const ops = spelled(text, { opset: d.opset, shapes });
      // Since opset 24, a mask may be shorter than the keys: with named sizes, that is not known.
      const mayBeShort = d.opset >= 24 && d.mask !== 'none' && d.isDynamic;
      expect(ops.includes('Attention'), text).toBe(mayBeShort);
    }),
    { numRuns: 150 },
  );
});

interface Uncovered {
  readonly opset: number;
  readonly attributes?: string;
  readonly operands?: string;
  readonly inputs?: string;
  readonly type?: string;
  readonly results?: string;
}

const uncovered: readonly (readonly [string, Uncovered])[] = [
  ['windows', { opset: 27, attributes: 'left_window_size = 1' }],
  ['lengths of samples', { opset: 24, operands: ', "", "", "", n', inputs: ', int64[1] n' }],
  ['a mask that may be shorter than the keys', { opset: 24, operands: ', m', inputs: ', bool[3, M] m' }],
  ['numbers of another type', { opset: 23, type: 'float16' }],
  [
    'infinite scores that are shown',
    { opset: 23, attributes: 'is_causal = 1, qk_matmul_output_mode = 2', results: 's' },
  ],
];

test.each(uncovered)(
  'attention with %s stays',
  (_, { opset, attributes = 'is_causal = 0', operands = '', ...rest }) => {
    const { inputs = '', type = 'float', results } = rest;
    const shown = results ? `, ${type}[1,2,3,4] ${results}` : '';
    const given = results ? `y, "", "", ${results}` : 'y';
    const text =
      `(${type}[1,2,3,4] q, ${type}[1,2,4,4] k, ${type}[1,2,4,4] v${inputs}) => (${type}[1,2,3,4] y${shown})` +
      ` { ${given} = Attention <${attributes}> (q, k, v${operands}) }`;
    const m = model(text, { opset });
    const editor = new Editor(m);
    inferModel(editor);
    const [node] = m.graph.nodes();
    expect(node && spellAttention(editor, node)).toBe(false);
    expect([...m.graph.nodes()].map((n) => n.opType)).toEqual(['Attention']);
    expect([...m.graph.initializers]).toEqual([]);
  },
);

const rotations = fc.record({
  isFlat: fc.boolean(),
  isDynamic: fc.boolean(),
  batch: fc.integer({ min: 1, max: 2 }),
  heads: fc.integer({ min: 1, max: 3 }),
  length: fc.integer({ min: 1, max: 3 }),
  half: fc.integer({ min: 1, max: 3 }),
  rest: fc.constantFrom(0, 0, 1, 2),
  interleaved: fc.boolean(),
  hasPositions: fc.boolean(),
});

test('a rotation is products and sums of pairs, of neighbours or of halves, of all elements or the first ones', () => {
  fc.assert(
    fc.property(
      rotations,
      ({ isFlat, isDynamic, batch, heads, length, half, rest, interleaved, hasPositions }) => {
        const size = 2 * half + rest;
        const sizes = { B: batch, L: length };
        const dims = isFlat ? ['B', 'L', heads * size] : ['B', heads, 'L', size];
        const cache = hasPositions ? [4, half] : ['B', 'L', half];
        const inputs = [
          ['x', dims],
          ['c', cache],
          ['s', cache],
          ['p', ['B', 'L']],
        ] as const;
        const numbers = (list: readonly (string | number)[]): readonly number[] =>
          list.map((d) => (d === 'B' || d === 'L' ? sizes[d] : Number(d)));
        const declared = inputs
          .filter(([name]) => hasPositions || name !== 'p')
          .map(
            ([name, list]) =>
              `${name === 'p' ? 'int64' : 'float'}[${isDynamic ? list : numbers(list)}] ${name}`,
          );
        const attributes = [
          `interleaved = ${Number(interleaved)}`,
          ...(isFlat ? [`num_heads = ${heads}`] : []),
          ...(rest === 0 ? [] : [`rotary_embedding_dim = ${2 * half}`]),
        ];
        const text = `(${declared}) => (float[${dims}] y) { y = RotaryEmbedding <${attributes}> (x, c, s${hasPositions ? ', p' : ''}) }`;
        const shapes = Object.fromEntries(inputs.map(([name, list]) => [name, numbers(list)]));
        expect(spelled(text, { opset: 23, shapes }), text).not.toContain('RotaryEmbedding');
      },
    ),
    { numRuns: 60 },
  );
});
