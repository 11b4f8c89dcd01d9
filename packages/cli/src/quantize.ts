import { encodeModel, type Model } from '@refold/ir';
import {
  analyseQuantization,
  type PostTrainingOptions,
  type QuantizationAnalysis,
  type QuantizationReport,
  quantizePostTraining,
  type SavedStatistics,
} from '@refold/passes';
import { load, type ModelInput } from './simplify.ts';
import { version } from './version.ts';

/** Options of {@link quantize}. */
export type QuantizeOptions = PostTrainingOptions;

/** What `refold quantize` did, as data; `docs/quantization.schema.json` is its JSON Schema. */
export interface QuantizeReport extends QuantizationReport {
  readonly tool: 'refold';
  readonly version: string;
}

/** The quantized model, and what was done. */
export interface QuantizeResult {
  readonly bytes: Uint8Array;
  readonly report: QuantizeReport;
  /** What was seen of the samples, for another run. */
  readonly statistics: SavedStatistics;
}

/**
 * Quantizes a model after training, by samples of its inputs, and gives the result back as bytes. Works in Node and in
 * browsers; a path as input needs Node.
 *
 * Throws {@link RefoldError}: `model/*` when the model is bad or unsupported, `usage/data` for samples that do not fit
 * or hold NaN or infinities, `usage/aborted` when the signal fired.
 */
export async function quantize(input: ModelInput, options: QuantizeOptions): Promise<QuantizeResult> {
  const { model } = await load(input);
  const { report, statistics } = await quantizeLoaded(model, options);
  return { bytes: encodeModel(model), report, statistics };
}

/** What an analysis says, as data; `docs/analysis.schema.json` is its JSON Schema. */
export interface AnalysisReport extends QuantizationAnalysis {
  readonly tool: 'refold';
  readonly version: string;
}

/**
 * Ranks layers and values of a model by what quantizing would do to them. Options and errors are those of
 * {@link quantize}.
 */
export async function analyse(input: ModelInput, options: QuantizeOptions): Promise<AnalysisReport> {
  const { model } = await load(input);
  return analyseLoaded(model, options);
}

/** Analyses a model in hand. */
export async function analyseLoaded(model: Model, options: QuantizeOptions): Promise<AnalysisReport> {
  return { tool: 'refold', version, ...(await analyseQuantization(model, options)) };
}

/** Quantizes a model in hand. */
export async function quantizeLoaded(
  model: Model,
  options: QuantizeOptions,
): Promise<Omit<QuantizeResult, 'bytes'>> {
  const { report, statistics } = await quantizePostTraining(model, options);
  return { report: { tool: 'refold', version, ...report }, statistics };
}
