import type { Node, Value } from '@refold/ir';
import {
  type ConstRef,
  constant,
  named,
  oneOf,
  op,
  type Pat,
  permuted,
  product,
  reshaped,
  sum,
  value,
} from '@refold/matcher';

/**
 * How the keys come: [B, H, S, D]; [B, S, H, D]; [B, H, S, D] or [1, B, H, S, D] that are turned as [B * H, S, D];
 * or [B, H, D, S] as it is.
 */
export type KeyLayout = 'heads' | 'lengths' | 'batched' | 'piece' | 'turned';

interface Keys {
  readonly keys: KeyLayout;
  /** In the layout `keys`. */
  readonly k: Value;
}

interface Products extends Keys {
  /** [B, H, L, D]. */
  readonly q: Value;
  /** A factor of the keys. */
  readonly keyFactor?: ConstRef | undefined;
}

interface Scaled extends Products {
  /** A factor of all scores. */
  readonly factor?: ConstRef | undefined;
  /** A factor for each head or query. */
  readonly rows?: Value | undefined;
}

export interface Masked extends Scaled {
  readonly softcap?: ConstRef | undefined;
  /** What is added to the scores. */
  readonly masks?: readonly Value[] | undefined;
  /** Where the scores are kept, or where they are not. */
  readonly kept?: Value | undefined;
  readonly dropped?: Value | undefined;
  /** What stands in their place. */
  readonly fill?: ConstRef | undefined;
}

interface Weights extends Masked {
  /** Whether Softmax runs in a type of its own. */
  readonly precision: 'own' | 'cast';
  readonly softmax: Node;
}

/** What the pattern of the weights of attention captures. */
export interface Scores extends Weights {
  /** What becomes of queries without keys. */
  readonly guard: 'nan' | 'kept' | 'dropped' | 'none';
}

const keys = value('k', { dtype: 'float', rank: 4 });

/** [B, H, D, S]. */
const turned: Pat<Keys> = oneOf('keys', {
  heads: permuted([0, 1, 3, 2], keys),
  lengths: permuted([0, 2, 3, 1], keys),
  batched: reshaped('(B H) D S -> B H D S', permuted([0, 2, 1], reshaped('B H S D -> (B H) S D', keys))),
  piece: reshaped(
    '(B H) D S -> B H D S',
    permuted([0, 2, 1], reshaped('1 B H S D -> (B H) S D', value('k', { dtype: 'float', rank: 5 }))),
  ),
  turned: keys,
});

/** [N, D, S]. */
const turnedFlat: Pat<Keys> = oneOf('keys', {
  heads: permuted([0, 2, 1], value('k', { dtype: 'float', rank: 3 })),
  turned: value('k', { dtype: 'float', rank: 3 }),
});

const number = { dtype: 'float', splat: true } as const;
const fill = constant('fill', number);
const [kept, dropped] = [value('kept', { dtype: 'bool' }), value('dropped', { dtype: 'bool' })];

/** Products of queries and keys, scaled and capped, and what is added to them. */
function biased(queries: Pat<{ readonly q: Value }>, turned: Pat<Keys>): Pat<Masked> {
  const scaledKeys: Pat<Keys & { readonly keyFactor?: ConstRef | undefined }> = oneOf('keyScaling', {
    factor: product([turned, constant('keyFactor', number)]),
    none: turned,
  });
  const products: Pat<Products> = op('MatMul', [queries, scaledKeys]);
  const scaled: Pat<Scaled> = oneOf('scaling', {
    factor: product([products, constant('factor', number)]),
    none: products,
    rows: product([products, value('rows', { dtype: 'float' })]),
  });
  const capped: Pat<Masked> = oneOf('capping', {
    cap: product([op('Tanh', [scaled]), constant('softcap', number)]),
    none: scaled,
  });
  return oneOf('bias', { sum: sum([capped], { rest: 'masks' }), none: capped });
}

/** Softmax of scores of which some are hidden, and what guards against queries without keys. */
function guarded(scores: Pat<Masked>): Pat<Scores> {
  const last = { params: { axis: -1 } } as const;
  const masked: Pat<Masked> = oneOf('hiding', {
    none: scores,
    kept: op('Where', [kept, scores, fill]),
    dropped: op('Where', [dropped, fill, scores]),
  });
  const weights: Pat<Weights> = oneOf('precision', {
    own: named('softmax', op('Softmax', [masked], last)),
    cast: op('Cast', [named('softmax', op('Softmax', [op('Cast', [masked])], last))]),
  });
  return oneOf('guard', {
    none: weights,
    nan: op('Where', [op('IsNaN', [weights]), 0, weights]),
    kept: op('Where', [kept, weights, 0]),
    dropped: op('Where', [dropped, 0, weights]),
  });
}

/** Scores [B, H, L, S] and what is added to them. */
export const biasedScores: Pat<Masked> = biased(value('q', { dtype: 'float', rank: 4 }), turned);

/** Weights [B, H, L, S] of attention. */
export const attentionWeights: Pat<Scores> = guarded(biasedScores);

/** Weights [N, L, S] of attention with one head, or with the heads in the batch; keys are `heads` or `turned`. */
export const flatWeights: Pat<Scores> = guarded(biased(value('q', { dtype: 'float', rank: 3 }), turnedFlat));

const heads = { dtype: 'float', rank: 4 } as const;
const joined = biased(
  reshaped('B H L D -> (B H) L D', value('q', heads)),
  oneOf('keys', { heads: permuted([0, 2, 1], reshaped('B H S D -> (B H) S D', value('k', heads))) }),
);

/** Weights [B * H, L, S] of heads that are joined with the batch; Softmax may run over [B, H, L, S]. */
export const joinedWeights: Pat<Scores & { readonly softmaxOver: 'joined' | 'split' }> = oneOf(
  'softmaxOver',
  {
    joined: guarded(joined),
    split: reshaped('B H L S -> (B H) L S', guarded(reshaped('(B H) L S -> B H L S', joined))),
  },
);
