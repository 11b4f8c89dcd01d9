import { Editor, RefoldError } from '@refold/ir';
import { compile, type Explanation, explain as explainMatch, type Rule } from '@refold/matcher';
import { allRules, defaultPasses, type Pass, type RuleReport, runPasses } from '@refold/passes';
import { withRules } from './rules.ts';
import { load, type ModelInput } from './simplify.ts';
import { validate } from './validate.ts';

/** Options of `explain`. */
export interface ExplainOptions {
  /** Name of a node or of one of its results; without it, all places are looked at. */
  readonly at?: string;
  /**
   * Explains on the model as it is, rather than on what the default passes leave of it, where the rule had its
   * last chance. @default false
   */
  readonly asIs?: boolean;
}

/** Why a rule matches a model, or does not. */
export interface ExplainReport extends Explanation {
  /** What was looked at. */
  readonly on: 'simplified' | 'as-is';
  /** What the rule did while the model was simplified, if it matched anywhere. */
  readonly before?: RuleReport;
  /** What else keeps the rule from being used, a sentence each. */
  readonly notes: readonly string[];
}

/** A rule, and the passes that it runs among. */
interface Subject {
  readonly rule: Rule;
  readonly passes: readonly Pass[];
  /** The pass that it is of, and what it is called there. */
  readonly pass: string;
  readonly name: string;
  readonly notes: readonly string[];
}

/**
 * Says why a rule, one of refold by its name or one of the caller's own, does not match: how far it comes, what it
 * expects there and what it finds, what would mend it. Works in Node and in browsers; a path as input needs Node.
 * Throws `usage/unknown-name` for a rule or a node that is not there, and what `simplify` throws for bad models.
 */
export async function explain(
  input: ModelInput,
  rule: string | Rule,
  { at, asIs = false }: ExplainOptions = {},
): Promise<ExplainReport> {
  const subject = typeof rule === 'string' ? shipped(rule) : own(rule);
  const { model } = await load(input);
  const editor = new Editor(model);
  validate(editor);
  const run = asIs ? undefined : runPasses(editor, subject.passes, { inferred: true });
  const before = run?.passes.find((p) => p.name === subject.pass)?.rules?.[subject.name];
  const look = (): Explanation => explainMatch(compile([subject.rule]), model, subject.rule.spec.name, at);
  return {
    ...explainOn(look, asIs),
    on: asIs ? 'as-is' : 'simplified',
    ...(before ? { before } : {}),
    notes: subject.notes,
  };
}

function shipped(name: string): Subject {
  const found = allRules.find(({ rule }) => rule.spec.name === name);
  if (!found) {
    throw new RefoldError('usage/unknown-name', `there is no rule '${name}'`, {}, 'refold rules lists them');
  }
  const { rule, pass } = found;
  const off = pass.byDefault ? [] : [`the pass ${pass.name} runs only when asked for: --also ${pass.name}`];
  return { rule, passes: defaultPasses, pass: pass.name, name, notes: [...off, ...notesOn(rule)] };
}

/** A rule of the caller runs before those of refold, as it does when a model is simplified with it. */
function own(rule: Rule): Subject {
  const passes = withRules(defaultPasses, [rule]);
  const pass = 'rules/own';
  return { rule, passes, pass, name: `${pass}/${rule.spec.name}`, notes: notesOn(rule) };
}

/** A node that is not there may have been there before the model was simplified. */
function explainOn(look: () => Explanation, asIs: boolean): Explanation {
  try {
    return look();
  } catch (error) {
    if (asIs || !(error instanceof RefoldError) || error.code !== 'usage/unknown-name') throw error;
    const hint = 'simplification may have removed it; try --as-is';
    throw new RefoldError(error.code, `${error.message} in the simplified model`, error.where, hint);
  }
}

function notesOn({ spec: { exactness } }: Rule): readonly string[] {
  return exactness === 'approximate' ? ['the rule is used only with --exactness approximate'] : [];
}
