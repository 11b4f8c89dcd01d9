import { InternalError, type Where } from '@refold/ir';

/** A guard or a builder threw something other than a refusal: the fault of the rule, not of the model. */
export class RuleError extends InternalError {
  /** Name of the rule. */
  readonly rule: string;

  constructor(rule: string, reason: string, where: Where, cause: unknown) {
    super(`rule ${rule} failed: ${reason}`, where, cause);
    this.name = 'RuleError';
    this.rule = rule;
  }
}
