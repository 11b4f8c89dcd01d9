import { cloneGraph, type Graph, outputOf, tensorType, type Value, type ValueType } from '@refold/ir';
import { type Adapter, type Conversion, intAttribute } from '../conversion.ts';

/**
 * Scan 9: the batch, axis 0 of every operand before, is gone. An outer Scan over it takes its place, whose
 * body is one Scan over axis 0 of what is left, with the body as it was.
 */
export const scanBatch: Adapter = (c) => {
  if (c.node.inputs[0]) throw c.refuse('sequence_lens gives each sample a length of its own');
  const body = c.op.graph('body');
  const count = c.op.int('num_scan_inputs');
  if (!body || count === undefined) throw c.refuse('attribute body or num_scan_inputs is missing');
  const inputs = c.node.inputs.slice(1);
  const directions = c.op.attribute('directions');
  const sample = c.editor.createGraph(`${body.name}_sample`);
  const slices = c.editor.addInputs(
    sample,
    inputs.map((v) => ({ name: c.editor.freshName(v?.name ?? 'slice'), type: withoutBatch(v?.type) })),
  );
  c.editor.setOutputs(sample, scanOfSample(c, sample, slices, body, count, directions));
  c.replaceNode({
    inputs,
    attributes: [
      { name: 'body', type: 'graph', value: sample },
      intAttribute('num_scan_inputs', inputs.length),
    ],
  });
};

/** The Scan over one sample, inside `sample`; its results. */
function scanOfSample(
  c: Conversion,
  sample: Graph,
  slices: readonly Value[],
  body: Graph,
  count: number,
  directions: ReturnType<Conversion['op']['attribute']>,
): readonly Value[] {
  const node = c.editor.createNode(
    {
      opType: 'Scan',
      inputs: slices,
      outputs: body.outputs.map((v) => c.editor.freshName(v.name)),
      attributes: [
        { name: 'body', type: 'graph', value: cloneGraph(c.editor, body, new Map()) },
        intAttribute('num_scan_inputs', count),
        ...(directions ? [{ ...directions, name: 'scan_input_directions' }] : []),
      ],
    },
    { end: sample },
  );
  c.announce(node);
  return body.outputs.map((_, i) => outputOf(node, i));
}

function withoutBatch(type: ValueType | undefined): ValueType | undefined {
  if (type?.kind !== 'tensor') return undefined;
  return tensorType(type.dtype, type.shape?.slice(1));
}
