import {
  type Editor,
  type Graph,
  InternalError,
  inferModel,
  ModelError,
  RefoldError,
  replaceValue,
  type Value,
} from '@refold/ir';
import { dropUnread } from '../../support/drop-unread.ts';
import { MIXED_BITS } from '../constraints/bits.ts';
import { type Candidate, chooseWeights } from './candidates.ts';
import { encode } from './encode.ts';
import type { WeightFormat, WeightOnlyOptions, WeightOnlyReport } from './options.ts';
import { packedConstants, replaceByPacked } from './write-matmulnbits.ts';
import {
  type CodedConstants,
  dequantized,
  lookUpDequantized,
  qdqConstants,
  readDequantized,
} from './write-qdq.ts';

/**
 * Replaces float32 weights by codes of 4 or 8 bits, with a scale for each block along the axis that is summed over:
 * those of `MatMul` and `Gemm` and, with `DequantizeLinear`, of `Conv` and `ConvTranspose`. Activations stay floats. A
 * weight that several nodes read is one tensor of codes; one that anything else reads stays.
 * @throws ModelError `model/unsupported` below opset 21, which blocks in `DequantizeLinear` take; RefoldError
 * `usage/option` for a block that the format does not have.
 */
export function quantizeWeights(editor: Editor, options: WeightOnlyOptions = {}): WeightOnlyReport {
  const { block = 32, format = 'qdq' } = options;
  requireBlock(block, format);
  // A model without the standard operators has no products.
  const opset = editor.model.opsets.get('') ?? MIXED_BITS;
  if (format === 'qdq' && opset < MIXED_BITS) {
    const message = `blocks of weights take opset ${MIXED_BITS}, the model has ${opset}`;
    throw new ModelError('model/unsupported', message, {}, `raise the model to opset ${MIXED_BITS} first`);
  }
  inferModel(editor);
  const { chosen, float } = chooseWeights(editor.model, options);
  return editor.transact(() => {
    const { weights, bytesBefore, bytesAfter } = new WeightWriter(editor, options).write(chosen);
    return { weights, bytesBefore, bytesAfter, quantized: chosen.map(({ node }) => node), float };
  });
}

function requireBlock(block: number, format: WeightFormat): void {
  if (!(Number.isInteger(block) && block > 0))
    throw new RefoldError('usage/option', `a block of ${block} is no block`);
  if (format === 'matmulnbits' && !(block >= 16 && Number.isInteger(Math.log2(block)))) {
    throw new RefoldError('usage/option', `MatMulNBits has blocks of 16, 32, 64, 128 ..., not of ${block}`);
  }
}

class WeightWriter {
  private readonly editor: Editor;
  private readonly options: WeightOnlyOptions;
  private readonly block: number;
  private readonly packs: boolean;
  /** Codes, and what `DequantizeLinear` makes of them, by weight and form. */
  private readonly constants = new Map<string, CodedConstants>();
  private readonly floats = new Map<string, Value>();
  private bytesBefore = 0;
  private bytesAfter = 0;

  constructor(editor: Editor, options: WeightOnlyOptions) {
    this.editor = editor;
    this.options = options;
    this.block = options.block ?? 32;
    this.packs = options.format === 'matmulnbits';
  }

  write(chosen: readonly Candidate[]): Omit<WeightOnlyReport, 'quantized' | 'float'> {
    for (const candidate of chosen) this.rewrite(candidate);
    for (const { weight } of chosen) dropUnread(this.editor, weight);
    if (this.packs && chosen.length > 0) this.editor.setOpset('com.microsoft', 1);
    const { constants, bytesBefore, bytesAfter } = this;
    return { weights: constants.size, bytesBefore, bytesAfter };
  }

  private rewrite(candidate: Candidate): void {
    const { node, isTable } = candidate;
    const coded = this.constantsFor(candidate);
    const block = this.blockOf(candidate);
    if (!this.packs && (!isTable || candidate.type.endsWith('4'))) {
      // Lookups of codes of 4 bits are none that `Gather` has.
      readDequantized(this.editor, candidate, this.floatsFor(candidate, coded));
      return;
    }
    const result = this.packs
      ? replaceByPacked(this.editor, candidate, coded, this.block, this.options.accuracyLevel)
      : lookUpDequantized(this.editor, candidate, coded, block);
    const old = node.outputs[0];
    if (!result || !old) return;
    replaceValue(this.editor, old, result);
    this.editor.eraseNode(node);
  }

  private constantsFor(candidate: Candidate): CodedConstants {
    const key = keyOf(candidate);
    const known = this.constants.get(key);
    if (known) return known;
    const coded = encode(candidate, this.options);
    const graph = graphOf(candidate);
    const made = this.packs
      ? packedConstants(this.editor, graph, candidate, coded, this.block)
      : qdqConstants(this.editor, graph, candidate, coded);
    this.constants.set(key, made);
    this.bytesBefore += candidate.tensor.byteLength;
    this.bytesAfter += made.bytes;
    return made;
  }

  private floatsFor(candidate: Candidate, coded: CodedConstants): Value {
    const key = keyOf(candidate);
    const made =
      this.floats.get(key) ??
      dequantized(this.editor, graphOf(candidate), candidate, coded, this.blockOf(candidate));
    this.floats.set(key, made);
    return made;
  }

  /** Blocks are no longer than what they are cut from. */
  private blockOf({ dims, axis }: Candidate): number {
    return Math.min(this.block, dims[axis] ?? 1);
  }
}

function keyOf({ weight, dims, axis, transposed, type }: Candidate): string {
  return `${weight.id} ${type} ${axis} ${transposed} ${dims.join()}`;
}

/** The graph where the weight is, so that all that read it read its codes. */
function graphOf({ weight }: Candidate): Graph {
  const graph = weight.graph ?? weight.producer?.graph;
  if (!graph) throw new InternalError(`'${weight.name}' is in no graph`);
  return graph;
}
