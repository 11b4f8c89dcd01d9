export { generateModel } from './generate-model.ts';
export {
  RuleTestError,
  type RuleTestOptions,
  type RuleTestReport,
  type Survivor,
} from './rules/report.ts';
export { testPass } from './rules/test-pass.ts';
export { testRule } from './rules/test-rule.ts';
