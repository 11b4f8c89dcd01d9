import { Editor, type Model } from '@refold/ir';
import type { CompiledRules } from '../compile/compile.ts';
import { Driver } from './driver.ts';
import type { RewriteOptions } from './options.ts';
import type { RewriteReport } from './report.ts';

/**
 * Applies rules until none has anything left to do: in the main graph, nested graphs and function bodies. Each
 * rewrite is made whole or not at all; those that cannot be made safely are counted by reason. Types should
 * have been inferred before. When the signal aborts, the rewrites made so far stay.
 */
export function rewrite(
  target: Editor | Model,
  rules: CompiledRules,
  options: RewriteOptions = {},
): RewriteReport {
  const editor = target instanceof Editor ? target : new Editor(target);
  return new Driver(editor, rules, options).run();
}
