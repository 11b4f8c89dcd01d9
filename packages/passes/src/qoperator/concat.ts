import type { Node } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { sameGranularity } from '../quantization/granularity.ts';
import { nodeRule } from '../support/node-rule.ts';
import { codedOperand, codingOf, fit, MICROSOFT } from './coded.ts';

/** The nodes that decode the operands of a node; undefined when some operand is no codes. */
function decodersOf(node: Node): readonly Node[] | undefined {
  const found: Node[] = [];
  for (const { producer } of node.inputs.filter((v) => v !== undefined)) {
    if (!producer?.is('DequantizeLinear')) return undefined;
    found.push(producer);
  }
  return found;
}

/** The Concat whose result a node codes, if all its operands are decoded. */
function partsOf(node: Node): { readonly parts: Node; readonly decoders: readonly Node[] } | undefined {
  const parts = node.inputs[0]?.producer;
  const decoders = parts?.is('Concat') ? decodersOf(parts) : undefined;
  return parts && decoders && { parts, decoders };
}

// Code, not patterns: it has any number of operands.
const alike = nodeRule({
  name: 'qoperator/concat',
  doc: 'QuantizeLinear(Concat(DequantizeLinear(a, s, z), DequantizeLinear(b, s, z), ...), s, z) = Concat(a, b, ...)',
  ops: 'QuantizeLinear',
  over: ['Concat'],
  exactness: 'exact',
  phase: 'lower',
  emits: [{ op: 'Concat', since: 4 }],
  rewrite: (node, b, q) => {
    const { parts, decoders } = partsOf(node) ?? {};
    if (!parts || !decoders) return undefined;
    const fits = fit(decoders, node);
    if (!fits.ok) return b.refuse(fits.reason);
    if (!decoders.every((decode) => sameGranularity(decode, node, q))) return b.refuse('parameters-differ');
    return b.node(
      'Concat',
      decoders.map((decode) => decode.inputs[0]),
      Object.fromEntries(parts.attributes),
    );
  },
});

const rescaled = nodeRule({
  name: 'qoperator/concat.rescaled',
  doc: 'QuantizeLinear(Concat(DequantizeLinear(a), DequantizeLinear(b), ...)) = QLinearConcat(a, b, ...)',
  ops: 'QuantizeLinear',
  over: ['Concat'],
  exactness: 'exact',
  phase: 'lower',
  emits: [{ op: 'QLinearConcat', domain: MICROSOFT, since: 1 }],
  rewrite: (node, b, q) => {
    const { parts, decoders } = partsOf(node) ?? {};
    if (!parts || !decoders || decoders.every((decode) => sameGranularity(decode, node, q))) return undefined;
    const fits = fit(decoders, node);
    if (!fits.ok) return b.refuse(fits.reason);
    const operands = decoders.flatMap((decode) => {
      const [codes] = decode.inputs;
      return codes ? codedOperand(codes, decode, b) : b.fail('operand');
    });
    return b.node(
      'QLinearConcat',
      [...codingOf(node, b), ...operands],
      Object.fromEntries(parts.attributes),
      { domain: MICROSOFT },
    );
  },
});

export const concatOnCodes: Pass = rulePass({
  name: 'qoperator/concat',
  summary: 'join codes instead of the numbers that they mean',
  rules: [alike, rescaled],
  byDefault: false,
});
