import type { RulePass } from '../../manager/pass.ts';
import type { RuleTestOptions, RuleTestReport } from './report.ts';
import { testRule } from './test-rule.ts';

/**
 * Tests every rule of a pass with the same options, one by one.
 * @throws RuleTestError for the first rule that fails.
 */
export async function testPass(
  pass: RulePass,
  options: RuleTestOptions = {},
): Promise<readonly RuleTestReport[]> {
  const reports: RuleTestReport[] = [];
  for (const rule of pass.rules) reports.push(await testRule(rule, options));
  return reports;
}
