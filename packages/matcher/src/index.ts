export { congruent } from './canonical/congruent.ts';
export { ConstRef } from './canonical/const-ref.ts';
export { constantOf } from './canonical/constant-of.ts';
export { type CompiledRules, compile, type FoundMatch } from './compile/compile.ts';
export * from './pattern/combinators.ts';
export type { Captured, Pat, PatLike, PatternData } from './pattern/pattern.ts';
export type {
  ConstTest,
  DimsTest,
  DTypeClass,
  ParamTest,
  Tolerance,
  ValueTest,
} from './pattern/value-tests.ts';
export type { AttributeValue, Params } from './rewrite/attributes.ts';
export type { Builder, BuildOptions, ConstantData } from './rewrite/builder.ts';
export { type Query, queryOf } from './rewrite/query.ts';
export type { RewriteEvent, RewriteReport } from './rewrite/report.ts';
export { type RewriteOptions, Rewriter, rewrite } from './rewrite/rewrite.ts';
export {
  type Emission,
  type Exactness,
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
