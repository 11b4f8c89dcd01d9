export { congruent } from './canonical/congruent.ts';
export { ConstRef } from './canonical/const-ref.ts';
export { constantOf } from './canonical/constant-of.ts';
export {
  type CompiledRules,
  type CompileOptions,
  type CompileReport,
  compile,
  type FindOptions,
  type FoundMatch,
} from './compile/compile.ts';
export { dataOfRule, dataRule } from './data/data-rule.ts';
export { type DataFunction, functions as dataFunctions } from './data/functions.ts';
export { type DataGuard, guards as dataGuards } from './data/guards.ts';
export {
  describeRule,
  loadRules,
  parseRules,
  printRule,
  type RuleDescription,
  ruleFromJson,
  rulesFromJson,
  ruleToJson,
} from './data/load.ts';
export type * from './data/rule-data.ts';
export { ruleSchema } from './data/rule-shape.ts';
export { type FunctionRuleOptions, functionRuleData, ruleFromFunction } from './derive/from-function.ts';
export { type Generalization, type LearnedRule, type LearnOptions, learnRule } from './derive/learn.ts';
export { explain } from './explain/explain.ts';
export type { AlignedPart, AnchorGroup, Explanation, FailedPart, Outcome } from './explain/explanation.ts';
export { patternText } from './explain/pattern-text.ts';
export { explanationText, failedText } from './explain/render.ts';
export { lintRules, type RuleFinding } from './lint/lint-rules.ts';
export type { Overlap, Shadow } from './lint/report.ts';
export { partsOf } from './pattern/anatomy.ts';
export { type NaryOptions, product, sum } from './pattern/arithmetic.ts';
export * from './pattern/combinators.ts';
export { permuted, reshaped } from './pattern/movement.ts';
export type { Captured, Pat, PatLike, PatternData } from './pattern/pattern.ts';
export { num } from './pattern/pattern-of.ts';
export { type RepeatOptions, repeat } from './pattern/repeat.ts';
export { roots } from './pattern/roots.ts';
export type {
  ConstTest,
  DimsTest,
  DTypeClass,
  ParamTest,
  Tolerance,
  ValueTest,
} from './pattern/value-tests.ts';
export { withParts } from './pattern/with-parts.ts';
export type { AttributeValue, Params } from './rewrite/attributes.ts';
export type { Builder, BuildOptions, ConstantData } from './rewrite/builder.ts';
export type { RewriteOptions } from './rewrite/options.ts';
export { type Query, queryOf } from './rewrite/query.ts';
export type { RewriteEvent, RewriteReport } from './rewrite/report.ts';
export { rewrite } from './rewrite/rewrite.ts';
export { Rewriter } from './rewrite/rewriter.ts';
export {
  type Emission,
  type Exactness,
  exactnesses,
  type InstanceHint,
  type Match,
  type Phase,
  phases,
  type Replacement,
  type Rule,
  type RuleSpec,
  rule,
} from './rewrite/rule.ts';
export { RuleError } from './rewrite/rule-error.ts';
export { no, type Verdict, yes } from './rewrite/verdict.ts';
