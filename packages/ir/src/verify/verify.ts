import { InternalError, ModelError } from '../errors.ts';
import type { Model } from '../graph/model.ts';
import { checkData } from './data.ts';
import { type Finding, Findings } from './finding.ts';
import { checkFunctions } from './functions.ts';
import { checkOperators } from './operators.ts';
import { checkOutputs } from './outputs.ts';
import { checkScopes } from './scopes.ts';
import { checkStructure } from './structure.ts';

/** Options of `verifyModel`. */
export interface VerifyOptions {
  /** Stop after this many findings; 100. */
  readonly limit?: number | undefined;
  /** Whether the tables themselves are checked; true. No file can break them, so after reading they need not be. */
  readonly tables?: boolean | undefined;
}

const DEFAULT_LIMIT = 100;

/**
 * Everything that is wrong with a model: promises of the tables that do not hold, and rules of ONNX that the
 * model breaks as far as types, schemas and functions tell. Nothing is inferred and no weights are loaded.
 * Linear in the model.
 */
export function verifyModel(model: Model, options: VerifyOptions = {}): readonly Finding[] {
  const findings = new Findings(options.limit ?? DEFAULT_LIMIT);
  if (options.tables !== false) checkStructure(model, findings);
  // With broken lists the other checks could not be trusted, or end.
  if (findings.found.length > 0) return findings.found;
  checkScopes(model, findings);
  checkOperators(model, findings);
  checkData(model, findings);
  checkOutputs(model, findings);
  checkFunctions(model, findings);
  return findings.found;
}

/**
 * Throws when {@link verifyModel} finds something: an `InternalError` for tables that are broken, which is
 * never the fault of a file, else a `ModelError` (`model/invalid`).
 */
export function assertValid(model: Model): void {
  const [first, ...rest] = verifyModel(model);
  if (!first) return;
  const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`;
  const message = `${first.message}${more}`;
  if (first.code.startsWith('ssa/')) throw new InternalError(message, first.where);
  throw new ModelError('model/invalid', message, first.where);
}
