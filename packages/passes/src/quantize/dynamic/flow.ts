import type { Model } from '@refold/ir';
import { PREPARED_OPSET } from '../flow/clean.ts';
import {
  cleaned,
  type FloatLayer,
  floatLayers,
  type MethodOptions,
  type Sizes,
  written,
} from '../flow/method-run.ts';
import { countsByOperator } from '../flow/report.ts';
import type { DynamicOptions } from './candidates.ts';
import { quantizeDynamically } from './dynamic.ts';

export interface DynamicQuantizationOptions extends DynamicOptions, MethodOptions {}

/** What dynamic quantization did to a model, as data. */
export interface DynamicQuantizationReport {
  readonly method: 'dynamic';
  /** Products that run on integers, by operator, the most frequent first. */
  readonly quantized: Readonly<Record<string, number>>;
  /** Values that are quantized at run time. */
  readonly values: number;
  /** Products that stay in floats. */
  readonly float: readonly FloatLayer[];
  /** Bytes of all constants. */
  readonly bytes: Sizes;
}

/**
 * Quantizes a model dynamically in place, from cleaning and fusing it to writing the nodes: see `quantizeDynamically`.
 * @throws RefoldError where the opset cannot be raised; `usage/aborted` when the signal fired.
 */
export function dynamicQuantization(
  model: Model,
  options: DynamicQuantizationOptions = {},
): DynamicQuantizationReport {
  const editor = cleaned(model, PREPARED_OPSET, options);
  const { quantized, values, float, bytes } = written(editor, options, () =>
    quantizeDynamically(editor, options),
  );
  return {
    method: 'dynamic',
    quantized: countsByOperator(quantized),
    values,
    float: floatLayers(float),
    bytes,
  };
}
