import { isInteger, type Node, tensorOf, type Value } from '@refold/ir';
import { graphPass, type Pass } from '../manager/pass.ts';
import { allNodes } from '../manager/walk.ts';
import { eraseDead } from '../support/erase-dead.ts';
import { materialize } from './materialize.ts';

/**
 * Sizes that inference knows as numbers, written as constants: `Shape` of a value with a static shape,
 * one static dimension of a dynamic one, and all arithmetic on such sizes.
 */
export const foldShapes: Pass = graphPass({
  name: 'constants/shapes',
  summary: 'replace sizes that are known from shapes by constants',
  run: ({ model, editor, tick }) => {
    const replaced: Node[] = [];
    for (const node of allNodes(model)) {
      tick();
      if (node.is('Constant')) continue;
      const output = node.outputs[0];
      if (!output || output.useCount === 0) continue;
      const sizes = knownSizes(output);
      if (!sizes) continue;
      const tensor = tensorOf(sizes.dtype, sizes.dims, sizes.values);
      if (materialize(editor, output, tensor)) replaced.push(node);
    }
    eraseDead(editor, replaced, touchesSymbols);
    return replaced.length;
  },
});

/** Whether a node reads or computes sizes that are not all known; `duplicates/sizes` may find a use for them. */
function touchesSymbols({ inputs, outputs }: Node): boolean {
  return inputs.some(holdsSymbols) || outputs.some(holdsSymbols);
}

function holdsSymbols(value: Value | undefined): boolean {
  return value?.contents?.some((d) => typeof d !== 'number') ?? false;
}

function knownSizes(value: Value) {
  const { type, contents } = value;
  if (!contents || type?.kind !== 'tensor' || !isInteger(type.dtype) || !type.shape) return undefined;
  const values: number[] = [];
  for (const d of contents) {
    if (typeof d !== 'number') return undefined;
    values.push(d);
  }
  const dims = type.shape.length === 0 ? [] : [values.length];
  return { dtype: type.dtype, dims, values };
}
