/**
 * refold as a library: one call simplifies a model.
 *
 * ```ts
 * import { simplify } from 'refold';
 * const { bytes, report } = await simplify(model);
 * ```
 */
export { RefoldError } from '@refold/ir';
export { type ExplainOptions, type ExplainReport, explain } from './explain.ts';
export {
  type ConversionReport,
  convert,
  type DynamicReport,
  type MethodResult,
  quantizeDynamic,
  quantizeWeights,
  type WeightsReport,
} from './methods.ts';
export type { Progress, SaveExternal, SimplifyOptions, SimplifyResult } from './options.ts';
export {
  type AnalysisReport,
  analyse,
  type QuantizeOptions,
  type QuantizeReport,
  type QuantizeResult,
  quantize,
} from './quantize.ts';
export type { CheckReport, ModelFigures, SimplifyReport } from './report/report.ts';
export { choosePasses, type ModelInput, simplify, simplifyFile, tryOut } from './simplify.ts';
export { version } from './version.ts';
