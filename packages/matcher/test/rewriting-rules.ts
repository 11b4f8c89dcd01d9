import { type Graph, Value } from '@refold/ir';
import { commutative, op, type Rule, rule, value } from '../src/index.ts';
import type { Draw } from './draws.ts';
import { sampledRule } from './sampled-rule.ts';

const exact = { exactness: 'exact', phase: 'normalize' } as const;
const x = value('x');

/** Rules that make graphs smaller and get into each other's way. */
export const simplifications: readonly Rule[] = [
  rule({
    name: 'test/relu',
    doc: '',
    match: op('Relu', [op('Relu', [x])]),
    build: (m, b) => b.node('Relu', [m.x]),
    ...exact,
  }),
  rule({ name: 'test/neg', doc: '', match: op('Neg', [op('Neg', [x])]), build: (m) => m.x, ...exact }),
  rule({ name: 'test/identity', doc: '', match: op('Identity', [x]), build: (m) => m.x, ...exact }),
  rule({ name: 'test/one', doc: '', match: commutative('Mul', [x, 1]), build: (m) => m.x, ...exact }),
  rule({
    name: 'test/sub',
    doc: '',
    match: commutative('Add', [x, op('Neg', ['y'])]),
    build: (m, b) => b.node('Sub', [m.x, m.y]),
    ...exact,
  }),
  rule({
    name: 'test/swapped',
    doc: '',
    match: op('Neg', [op('Sub', [x, 'y'])]),
    build: (m, b) => b.node('Sub', [m.y, m.x]),
    ...exact,
  }),
  rule({
    name: 'test/squares',
    doc: '',
    match: op('Sqrt', [commutative('Mul', [x, x])]),
    build: (m, b) => b.node('Abs', [m.x]),
    exactness: 'exact',
    phase: 'fuse',
  }),
];

/** Rules with patterns from a graph that put one new node in the place of each match. */
export function replacing(graph: Graph, draw: Draw): readonly Rule[] {
  return Array.from({ length: 2 }, (_, i): Rule => {
    const { spec } = sampledRule(graph, `test/replace-${i}`, draw, { size: 5, least: 3 });
    return {
      spec: {
        ...spec,
        build: (m, b) => {
          if (spec.match.data.kind === 'roots') return undefined;
          const leaf = Object.values(m).find((c): c is Value => c instanceof Value && c !== m.$root);
          return leaf && b.node('Sigmoid', [leaf]);
        },
      },
    };
  });
}
