import { Editor, RefoldError } from '@refold/ir';
import { compile, type Explanation, explain as explainMatch } from '@refold/matcher';
import { allRules, defaultPasses, type RuleReport, runPasses, type ShippedRule } from '@refold/passes';
import { load, type ModelInput } from './simplify.ts';
import { validate } from './validate.ts';

export interface ExplainOptions {
  /** Name of a node or of one of its results; without it, all places are looked at. */
  readonly at?: string;
  /**
   * Explains on the model as it is, rather than on what the default passes leave of it, where the rule had its
   * last chance. @default false
   */
  readonly asIs?: boolean;
}

/** Why a rule of refold matches a model, or does not. */
export interface ExplainReport extends Explanation {
  /** What was looked at. */
  readonly on: 'simplified' | 'as-is';
  /** What the rule did while the model was simplified, if it matched anywhere. */
  readonly before?: RuleReport;
  /** What else keeps the rule from being used, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Says why a rule does not match: how far it comes, what it expects there and what it finds, what would mend it.
 * Works in Node and in browsers; a path as input needs Node. Throws `usage/unknown-name` for a rule or a node
 * that is not there, and what `simplify` throws for bad models.
 */
export async function explain(
  input: ModelInput,
  ruleName: string,
  { at, asIs = false }: ExplainOptions = {},
): Promise<ExplainReport> {
  const shipped = ruleNamed(ruleName);
  const { model } = await load(input);
  const editor = new Editor(model);
  validate(editor);
  const run = asIs ? undefined : runPasses(editor, defaultPasses, { inferred: true });
  const before = run?.passes.find((p) => p.name === shipped.pass.name)?.rules?.[ruleName];
  const explanation = explainOn(() => explainMatch(compile([shipped.rule]), model, ruleName, at), asIs);
  return {
    ...explanation,
    on: asIs ? 'as-is' : 'simplified',
    ...(before ? { before } : {}),
    notes: notesOn(shipped),
  };
}

function ruleNamed(name: string): ShippedRule {
  const shipped = allRules.find(({ rule }) => rule.spec.name === name);
  if (shipped) return shipped;
  throw new RefoldError('usage/unknown-name', `there is no rule '${name}'`, {}, 'refold rules lists them');
}

/** A node that is not there may have been there before the model was simplified. */
function explainOn(look: () => Explanation, asIs: boolean): Explanation {
  try {
    return look();
  } catch (error) {
    if (asIs || !(error instanceof RefoldError) || error.code !== 'usage/unknown-name') throw error;
    const hint = 'nodes may be gone from the simplified model; --as-is looks at the model as it is';
    throw new RefoldError(error.code, `${error.message} in the simplified model`, error.where, hint);
  }
}

function notesOn({ rule, pass }: ShippedRule): readonly string[] {
  const { exactness } = rule.spec;
  return [
    ...(pass.byDefault ? [] : [`the pass ${pass.name} runs only when asked for: --also ${pass.name}`]),
    ...(exactness === 'approximate' ? ['the rule is used only with --exactness approximate'] : []),
  ];
}
