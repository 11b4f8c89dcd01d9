export * from './manager/pass.ts';
export {
  defaultPassOptions,
  type PassReport,
  type RuleReport,
  type RunOptions,
  type RunReport,
  runPasses,
} from './manager/run.ts';
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
