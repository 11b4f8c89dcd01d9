import { constantTensor, type DType, dtypeOf, type Node, tensorOf, type Value } from '@refold/ir';
import { commutative, constant, no, type Rule, rule, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { nextInChain } from '../support/chain.ts';
import { splatOf } from '../support/constants.ts';
import { producerOf, soleProducerOf } from '../support/view.ts';

/** Factors within these bounds neither overflow nor underflow a product that the original would survive. */
const bounds: ReadonlyMap<DType, number> = new Map<DType, number>([
  ['float32', 2 ** 20],
  ['float64', 2 ** 100],
]);

/** A product of a value and a one-element constant of a dtype that has bounds. */
interface Scaled {
  readonly x: Value;
  readonly k: number;
  readonly constant: Value;
  readonly dtype: DType;
  readonly limit: number;
}

function scaled(node: Node): Scaled | undefined {
  const dtype = dtypeOf(node.outputs[0]);
  const limit = dtype && bounds.get(dtype);
  if (!dtype || limit === undefined) return undefined;
  for (const side of [1, 0]) {
    const constant = node.inputs[side];
    const x = node.inputs[1 - side];
    const k = splatOf(constant);
    const tensor = constant && constantTensor(constant);
    if (x && constant && k !== undefined && tensor?.size === 1 && !constantTensor(x))
      return { x, k, constant, dtype, limit };
  }
  return undefined;
}

function mayMerge(k: number, { k: l, limit }: Scaled): boolean {
  return [k, l, k * l].every((f) => Math.abs(f) <= limit && Math.abs(f) >= 1 / limit);
}

/** Whether the only reader of a product merges it with its own factor, and what stands before it too. */
function isLeftToNext(node: Node): boolean {
  const next = nextInChain(node, ['Mul']);
  const outer = next && scaled(next);
  const inner = outer?.x === node.outputs[0] ? scaled(node) : undefined;
  return outer !== undefined && inner !== undefined && mayMerge(outer.k, inner);
}

const scalable = { dtype: ['float32', 'float64'], splat: true } as const;

/** ((x * k) * l) * ... = x * (k * l * ...), rounded once; chains go in one step, from their end. */
const scaleChain: Rule = rule({
  name: 'identities/scale-chain',
  doc: '(x * k) * l = x * (k * l) for one-element constants',
  match: commutative('Mul', [commutative('Mul', ['x', constant('k', scalable)]), constant('l', scalable)]),
  at: (node) => !isLeftToNext(node),
  guard: ({ x, k, l, $node }, q) => {
    if (k.size !== 1 || l.size !== 1 || q.constant(x)) return no('not-one-number', 'k');
    const [last, before] = [scaled($node), Number(k.splat)];
    return last && mayMerge(before, last) ? yes : no('factor-out-of-range', 'k');
  },
  build: ({ $node }, b) => {
    const last = scaled($node);
    if (!last) return undefined;
    let { x, k } = last;
    let rank = rankOf(last.constant);
    for (let before = producerOf(x, 'Mul'); before; before = soleProducerOf(x, 'Mul')) {
      const inner = scaled(before);
      if (!inner || !mayMerge(k, inner)) break;
      k *= inner.k;
      rank = Math.max(rank, rankOf(inner.constant));
      x = inner.x;
    }
    if (x === last.x) return undefined;
    const merged = tensorOf(last.dtype, new Array<number>(rank).fill(1), [k]);
    return b.node('Mul', [x, b.constant(merged, last.constant.name)]);
  },
  emits: [{ op: 'Mul', since: 7 }],
  exactness: 'reassociate',
  phase: 'normalize',
  keep: 'allowed',
  decreases: 'depth',
  exporters: ['torch.onnx by TorchScript: layer scale'],
  traps: ['factors of which the product overflows, or vanishes', 'factors of several elements'],
});

function rankOf(constant: Value): number {
  return constantTensor(constant)?.rank ?? 0;
}

export const mergeScales: Pass = rulePass({
  name: 'identities/scale-chain',
  summary: 'merge multiplications by constants that follow each other',
  rules: [scaleChain],
});
