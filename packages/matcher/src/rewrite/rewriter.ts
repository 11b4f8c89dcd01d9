import type { Editor } from '@refold/ir';
import type { CompiledRules } from '../compile/compile.ts';
import { anchorKey } from '../pattern/anatomy.ts';
import { Changes } from './changes.ts';
import { Driver } from './driver.ts';
import type { RewriteOptions } from './options.ts';
import type { RewriteReport } from './report.ts';

/**
 * Applies the same rules again and again while others change the model too. The first run is as `rewrite`;
 * later ones look only at what has changed since, as far as rules reach. Call `stop` when it is not needed any more.
 */
export class Rewriter {
  private readonly editor: Editor;
  private readonly rules: CompiledRules;
  /** What has changed since the last run, if that one has looked at everything. */
  private changes: Changes | undefined;
  private readonly stopListening: () => void;

  constructor(editor: Editor, rules: CompiledRules) {
    this.editor = editor;
    this.rules = rules;
    this.stopListening = editor.listen((change) => this.changes?.add(change));
  }

  run(options: RewriteOptions = {}): RewriteReport {
    const changed = this.changes?.take();
    // The driver itself follows what it changes.
    this.changes = undefined;
    const report = new Driver(this.editor, this.rules, options).run(changed);
    if (report.stopped === undefined) this.changes = new Changes();
    return report;
  }

  /** Whether any of the rules can be rooted at one of the operators, given as domain and name. */
  mayMatch(operators: Iterable<readonly [domain: string, opType: string]>): boolean {
    for (const [domain, opType] of operators) {
      const key = anchorKey(domain, opType);
      if (this.rules.compiled.some((rule) => rule.anchors.has(key))) return true;
    }
    return false;
  }

  stop(): void {
    this.stopListening();
  }
}
