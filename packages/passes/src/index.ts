export { defaultPassOptions, type RunOptions } from './manager/options.ts';
export * from './manager/pass.ts';
export type { PassReport, RuleReport, RunReport } from './manager/report.ts';
export { runPasses } from './manager/run.ts';
export { OpsetError } from './opset/opset-error.ts';
export {
  type OpsetReport,
  type RaiseOptions,
  raiseOpset,
  type TargetOpset,
} from './opset/raise.ts';
export { allPasses, defaultPasses } from './pipelines.ts';
export * from './quantize/index.ts';
export { allRules, type ShippedRule } from './rules.ts';
export { hasNamedValues } from './support/named-values.ts';
