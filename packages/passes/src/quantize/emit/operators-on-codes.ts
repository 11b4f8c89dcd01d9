import type { Editor, Model } from '@refold/ir';
import { runPasses } from '../../manager/run.ts';
import { nodesWithin } from '../../manager/walk.ts';
import { MICROSOFT } from '../../qoperator/coded.ts';
import { qoperatorPasses } from '../../qoperator/index.ts';
import { quantizationPasses } from '../../quantization/index.ts';

/**
 * How operators that run on codes are written: as float operators between `DequantizeLinear` and `QuantizeLinear`, or as
 * operators on codes: `QLinearConv`, `QLinearMatMul`, and ONNX Runtime's own.
 */
export type QuantizedFormat = (typeof quantizedFormats)[number];

export const quantizedFormats = ['qdq', 'qoperator'] as const;

/**
 * Puts operators on codes in the place of float operators between `DequantizeLinear` and `QuantizeLinear`. Those of
 * `com.microsoft` are imported if they are used. What has no such operator stays as it is.
 */
export function writeOperatorsOnCodes(editor: Editor): void {
  const { model } = editor;
  const isNew = !model.opsets.has(MICROSOFT);
  if (isNew) editor.setOpset(MICROSOFT, 1);
  runPasses(editor, [...quantizationPasses, ...qoperatorPasses]);
  if (isNew && !usesMicrosoft(model)) editor.setOpset(MICROSOFT, undefined);
}

function usesMicrosoft(model: Model): boolean {
  for (const node of nodesWithin(model.graph)) if (node.domain === MICROSOFT) return true;
  return false;
}
