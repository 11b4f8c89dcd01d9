import type { Node, Value } from '@refold/ir';
import type { Builder, Params } from '@refold/matcher';

/** The operands of an Attention node. */
export interface AttentionParts {
  readonly q: Value;
  readonly k: Value;
  readonly v: Value;
  readonly mask?: Value | undefined;
  readonly pastKey?: Value | undefined;
  readonly pastValue?: Value | undefined;
  /** How many keys of each sample count. */
  readonly lengths?: Value | undefined;
}

export function attentionParts({ inputs }: Node): AttentionParts | undefined {
  const [q, k, v, mask, pastKey, pastValue, lengths] = inputs;
  return q && k && v && { q, k, v, mask, pastKey, pastValue, lengths };
}

/** Results beyond the first that somebody reads: keys and values with those of the past, and the scores. */
export function hasOtherResults(node: Node): boolean {
  return node.outputs.slice(1).some((value) => value !== undefined && value.useCount > 0);
}

/**
 * An Attention like `node` with other operands and some other attributes; all of its results, in place of which
 * those beyond the first are put.
 */
export function attentionLike(node: Node, parts: AttentionParts, changes: Params, b: Builder): Value {
  const inputs = [parts.q, parts.k, parts.v, parts.mask, parts.pastKey, parts.pastValue, parts.lengths];
  const params: Params = { ...Object.fromEntries(node.attributes), ...changes };
  const count = hasOtherResults(node) ? node.outputs.length : 1;
  const [y, ...others] = b.nodeN('Attention', count, inputs, params);
  node.outputs.slice(1).forEach((value, i) => {
    const by = others[i];
    if (value && by) b.replace(value, by);
  });
  return y ?? b.fail('no-output');
}
