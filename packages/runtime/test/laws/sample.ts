import { newestOpset } from '@refold/ir';
import { coveredOperators, type GeneratedModel, type GraphOptions, graphs } from '@refold/runtime/testing';
import fc from 'fast-check';
import type { Rebuild } from './law.ts';

/** Operators whose results both engines round alike: what nested graphs are made of, since no one sees into them. */
const steady: readonly string[] = [
  ...[
    'Add',
    'Sub',
    'Mul',
    'Neg',
    'Abs',
    'Relu',
    'Max',
    'Min',
    'Not',
    'And',
    'Or',
    'Identity',
    'Where',
    'Equal',
  ],
  ...['Transpose', 'Reshape', 'Concat', 'Squeeze', 'Unsqueeze', 'Flatten', 'Gather', 'Expand', 'Tile'],
  ...['Split', 'Shape', 'Size', 'If', 'Loop', 'Scan'],
];

/** The newest opset that the other engine takes. */
const ENGINE_OPSET = 26;

const options: GraphOptions = {
  opset: Array.from({ length: Math.min(ENGINE_OPSET, newestOpset()) - 6 }, (_, i) => 7 + i),
  ops: coveredOperators,
  innerOps: steady,
  size: [1, 8],
  nested: 2,
};

const all = graphs(options);
const moderate = graphs({ ...options, styles: ['normal', 'plain'] });

/** The random model of a seed, as often as it is asked for. */
export const sampled = (seed: number): Rebuild => sampledFrom(all, seed);

/** Likewise, with numbers that do not leave the range of their type where they are squared or summed. */
export const sampledModerate = (seed: number): Rebuild => sampledFrom(moderate, seed);

function sampledFrom(arbitrary: typeof all, seed: number): Rebuild {
  const make = (): GeneratedModel => {
    const [model] = fc.sample(arbitrary, { seed, numRuns: 1, unbiased: true });
    if (!model) throw new Error('no sample');
    return model;
  };
  return make;
}
