import { Editor, encodeModel, type Model } from '@refold/ir';
import {
  type DynamicQuantizationOptions,
  type DynamicQuantizationReport,
  dynamicQuantization,
  type HalfConversionOptions,
  type HalfConversionReport,
  halfConversion,
  type WeightQuantizationOptions,
  type WeightQuantizationReport,
  weightQuantization,
} from '@refold/passes';
import { load, type ModelInput } from './simplify.ts';
import { validate } from './validate.ts';
import { version } from './version.ts';

/** A model that was made smaller, and what was done. */
export interface MethodResult<Report> {
  readonly bytes: Uint8Array;
  readonly report: Report & Made;
}

interface Made {
  readonly tool: 'refold';
  readonly version: string;
}

/** What `refold quantize --method dynamic` did, as data; `docs/dynamic.schema.json` is its JSON Schema. */
export type DynamicReport = DynamicQuantizationReport & Made;

/** What `refold quantize --method weights` did, as data; `docs/weights.schema.json` is its JSON Schema. */
export type WeightsReport = WeightQuantizationReport & Made;

/** What `refold convert` did, as data; `docs/conversion.schema.json` is its JSON Schema. */
export type ConversionReport = HalfConversionReport & Made;

/**
 * Quantizes products of data with weights to integers, with scales of the data that are found at run time, and gives
 * the result back as bytes. Needs no samples. Works in Node and in browsers; a path as input needs Node.
 *
 * Throws {@link RefoldError}: `model/*` when the model is bad or unsupported, `usage/aborted` when the signal fired.
 */
export async function quantizeDynamic(
  input: ModelInput,
  options: DynamicQuantizationOptions = {},
): Promise<MethodResult<DynamicQuantizationReport>> {
  const { model } = await load(input);
  const report = dynamicLoaded(model, options);
  return { bytes: encodeModel(model), report };
}

/**
 * Quantizes weights alone, to 4 or 8 bits in blocks: all is computed with floats. Samples are optional; with them,
 * weights are rounded so that layers change least on them. Errors are those of {@link quantizeDynamic}, and
 * `usage/data` for samples that do not fit or hold NaN or infinities.
 */
export async function quantizeWeights(
  input: ModelInput,
  options: WeightQuantizationOptions = {},
): Promise<MethodResult<WeightQuantizationReport>> {
  const { model } = await load(input);
  const report = await weightsLoaded(model, options);
  return { bytes: encodeModel(model), report };
}

/**
 * Converts float32 to float16 or bfloat16 where that is safe. Samples are optional; with them, what leaves the range of
 * the type stays in float32. Errors are those of {@link quantizeWeights}.
 */
export async function convert(
  input: ModelInput,
  options: HalfConversionOptions = {},
): Promise<MethodResult<HalfConversionReport>> {
  const { model } = await load(input);
  const report = await convertLoaded(model, options);
  return { bytes: encodeModel(model), report };
}

/** The same with a model in hand. */
export function dynamicLoaded(model: Model, options: DynamicQuantizationOptions): DynamicReport {
  validate(new Editor(model));
  return { tool: 'refold', version, ...dynamicQuantization(model, options) };
}

/** The same with a model in hand. */
export async function weightsLoaded(
  model: Model,
  options: WeightQuantizationOptions,
): Promise<WeightsReport> {
  validate(new Editor(model));
  return { tool: 'refold', version, ...(await weightQuantization(model, options)) };
}

/** The same with a model in hand. */
export async function convertLoaded(model: Model, options: HalfConversionOptions): Promise<ConversionReport> {
  validate(new Editor(model));
  return { tool: 'refold', version, ...(await halfConversion(model, options)) };
}
