import type { Editor, Model } from '@refold/ir';
import { compile, exactnesses, Rewriter, type Rule } from '@refold/matcher';
import { defaultPassOptions, type RunOptions } from './options.ts';
import type { GraphPass, Pass, RulePass } from './pass.ts';

/** A group is one graph pass, or neighbouring rule passes that share a worklist. */
export type Group =
  | { readonly kind: 'graph'; readonly pass: GraphPass }
  | { readonly kind: 'rules'; readonly passes: readonly RulePass[]; readonly rewriter: Rewriter };

/** Groups of passes, in their order. */
export function groupPasses(editor: Editor, passes: readonly Pass[], options: RunOptions): readonly Group[] {
  const groups: Group[] = [];
  const mayApply = filterOf(editor.model, options);
  let run: RulePass[] = [];
  const flush = (): void => {
    if (run.length > 0) {
      const rules = run.flatMap((p) => p.rules.filter(mayApply));
      const rewriter = new Rewriter(editor, compile(rules));
      groups.push({ kind: 'rules', passes: run, rewriter });
    }
    run = [];
  };
  for (const pass of passes) {
    if (pass.kind === 'rules') run.push(pass);
    else {
      flush();
      groups.push({ kind: 'graph', pass });
    }
  }
  flush();
  return groups;
}

/** Rules that nothing in a model can take are not even looked for, unless somebody wants to know why. */
function filterOf(model: Model, { exactness, reasons = false }: RunOptions): (rule: Rule) => boolean {
  const allowed = exactnesses.indexOf(exactness ?? defaultPassOptions.exactness);
  const newest = new Map(model.opsets);
  for (const fn of model.functions.values()) {
    for (const [domain, opset] of fn.opsets) newest.set(domain, Math.max(opset, newest.get(domain) ?? 0));
  }
  return ({ spec }) => {
    if (exactnesses.indexOf(spec.exactness) > allowed) return false;
    return (
      reasons || (spec.emits ?? []).every(({ domain = '', since }) => (newest.get(domain) ?? 0) >= since)
    );
  };
}
