import { printShape, type Value } from '@refold/ir';
import { paramsOf } from '../canonical/params.ts';
import { reshapeOps } from '../pattern/anatomy.ts';
import type { PermutedPattern, ReshapedPattern } from '../pattern/pattern.ts';
import { type Finding, nearness } from './finding.ts';
import { patternText } from './pattern-text.ts';
import { describeValue } from './place.ts';

/** Why a value is not something with its axes in another order, or in another shape. */
export function diagnoseMovement(pattern: PermutedPattern | ReshapedPattern, value: Value): Finding {
  const node = value.producer;
  const ops = pattern.kind === 'permuted' ? ['Transpose'] : reshapeOps;
  const expected = patternText(pattern, 2);
  if (node?.domain !== '' || !ops.includes(node.opType)) {
    const near = node ? nearness.otherOp : nearness.noNode;
    return {
      reason: 'op',
      expected: `${ops.join(' | ')}: ${expected}`,
      found: describeValue(value),
      nearness: near,
    };
  }
  const found =
    pattern.kind === 'permuted' ? `perm = [${String(paramsOf(node)?.perm ?? '?')}]` : shapesOf(value);
  return {
    reason: pattern.kind === 'permuted' ? 'axes-order' : 'shape-equation',
    expected,
    found: `${found} (${node.op}, node ${node.label})`,
    nearness: nearness.parameter,
  };
}

function shapesOf(value: Value): string {
  const shape = (v: Value | undefined): string =>
    printShape(v?.type?.kind === 'tensor' ? v.type.shape : v?.tensor?.dims);
  return `${shape(value.producer?.inputs[0])} -> ${shape(value)}`;
}
