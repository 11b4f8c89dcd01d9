import {
  type Editor,
  Inference,
  InternalError,
  isAnonymous,
  type Model,
  type ModelError,
  type Node,
  RefoldError,
} from '@refold/ir';
import type { RuleError } from '@refold/matcher';
import { hasNamedValues } from '../support/named-values.ts';
import { modelBytes } from '../support/size.ts';
import { type Group, groupPasses } from './groups.ts';
import { Operators } from './operators.ts';
import { defaultPassOptions, type RunOptions } from './options.ts';
import type { GraphPass, Pass, PassContext, PassOptions, RulePass } from './pass.ts';
import type { RunReport } from './report.ts';
import { Tally } from './tally.ts';

/** How often types are inferred from nothing again, after values were merged. */
const MAX_FRESH = 4;

/**
 * Runs passes in rounds until none has anything left to do. A pass that fails is rolled back, reported, and
 * left out from then on, while the rest goes on. A model that names inner values is only looked at.
 */
export function runPasses(editor: Editor, passes: readonly Pass[], options: RunOptions = {}): RunReport {
  return new Runner(editor, passes, options).run();
}

class Runner {
  private readonly editor: Editor;
  private readonly options: RunOptions;
  private readonly tallies: ReadonlyMap<string, Tally>;
  private readonly groups: readonly Group[];
  private readonly operators: Operators;
  private readonly invalid = new Map<Node, ModelError>();
  private readonly failed = new Set<Group>();
  /** Rules of passes that failed. */
  private readonly leftOut: string[] = [];
  private readonly originalBytes: number;
  private stopped: RunReport['stopped'] = 'settled';
  /** Grows with every change of the model; a group that ran at the present version need not run again. */
  private version = 0;
  private rounds = 0;
  private visits = 0;

  constructor(editor: Editor, passes: readonly Pass[], options: RunOptions) {
    this.editor = editor;
    this.options = options;
    this.tallies = new Map(passes.map(({ name }) => [name, new Tally(name)]));
    this.groups = groupPasses(editor, hasNamedValues(editor.model) ? [] : passes, options);
    this.operators = new Operators(editor);
    this.originalBytes = modelBytes(editor.model);
  }

  run(): RunReport {
    const inference = new Inference(this.editor, (error, node) => this.invalid.set(node, error));
    if (!this.options.inferred) inference.start();
    let changed = this.settle(inference);
    // What a fresh look at the result would find is found now, so that another run changes nothing.
    for (let fresh = 0; changed && fresh < MAX_FRESH && hasUnnamedSizes(this.editor.model); fresh += 1) {
      inference.restart();
      changed = this.settle(inference);
    }
    inference.stop();
    this.operators.stop();
    for (const group of this.groups) if (group.kind === 'rules') group.rewriter.stop();
    return {
      passes: [...this.tallies.values()].map((tally) => tally.report()),
      rounds: this.rounds,
      visits: this.visits,
      stopped: this.stopped,
      invalid: [...this.invalid].filter(([node]) => node.graph).map(([, error]) => error),
    };
  }

  /** Runs rounds until one changes nothing. Returns whether anything was changed. */
  private settle(inference: Inference): boolean {
    const ranAt = new Map<Group, number>();
    const limit = this.options.maxRounds ?? 12;
    const start = this.version;
    for (let round = 0; round < limit; round += 1) {
      const before = this.version;
      for (const group of this.groups) {
        if (this.failed.has(group) || ranAt.get(group) === this.version || !this.mayFind(group)) continue;
        inference.update();
        const at = this.version;
        this.runGroup(group, this.rounds);
        // Rules go on until nothing is left to do; a pass over graphs may find more in what it made itself.
        ranAt.set(group, group.kind === 'rules' ? this.version : at);
      }
      if (this.version === before) return this.version !== start;
      this.rounds += 1;
    }
    this.stopped = 'round-limit';
    return false;
  }

  /** Whether the operators that a group starts from occur at all. */
  private mayFind(group: Group): boolean {
    if (group.kind === 'rules') return group.rewriter.mayMatch(this.operators.all());
    return group.pass.over?.some((opType) => this.operators.has(opType)) ?? true;
  }

  private runGroup(group: Group, round: number): void {
    const names = group.kind === 'graph' ? [group.pass.name] : group.passes.map((p) => p.name);
    for (const name of names) this.options.onPass?.(name, round);
    const started = performance.now();
    // Every rewrite of a rule is a transaction of its own; one around all of them would keep all that they undid.
    const whole = group.kind === 'graph' || this.options.check !== undefined;
    if (whole) this.editor.begin();
    try {
      const changes = group.kind === 'graph' ? this.runGraphPass(group.pass) : this.runRules(group);
      if (changes > 0) this.options.check?.(names.join(', '));
      if (whole) this.editor.commit();
      if (changes > 0) this.version += 1;
    } catch (error) {
      if (whole) this.editor.rollback();
      else this.version += 1;
      if (error instanceof RefoldError && error.code === 'usage/aborted') throw error;
      this.failed.add(group);
      for (const name of names)
        this.tally(name).error = error instanceof Error ? error.message : String(error);
    }
    if (group.kind === 'graph') this.tally(group.pass.name).milliseconds += performance.now() - started;
  }

  /** Leaves out the pass of a rule that failed. */
  private leaveOut(passes: readonly RulePass[], error: RuleError): void {
    const pass = passes.find((p) => p.rules.some((r) => r.spec.name === error.rule));
    if (!pass) return;
    this.tally(pass.name).error = error.message;
    for (const { spec } of pass.rules) this.leftOut.push(spec.name);
  }

  private runGraphPass(pass: GraphPass): number {
    const tally = this.tally(pass.name);
    const context: PassContext = {
      model: this.editor.model,
      editor: this.editor,
      options: { ...defaultPassOptions, ...definedOf(this.options) },
      originalBytes: this.originalBytes,
      tick: this.options.tick ?? (() => {}),
      refuse: (reason) => tally.refuse(reason),
    };
    const changes = pass.run(context);
    tally.changes += changes;
    return changes;
  }

  private runRules(group: Extract<Group, { kind: 'rules' }>): number {
    const { exactness, tick } = this.options;
    const report = group.rewriter.run({
      exactness: exactness ?? defaultPassOptions.exactness,
      exclude: [...this.leftOut],
      onError: (error) => this.leaveOut(group.passes, error),
      ...(tick ? { tick } : {}),
    });
    if (report.stopped) this.stopped = report.stopped === 'cycle' ? 'cycle' : 'rewrite-limit';
    let changes = 0;
    for (const pass of group.passes) changes += this.tally(pass.name).addRules(pass, report);
    this.visits += report.visits;
    return changes;
  }

  private tally(name: string): Tally {
    const tally = this.tallies.get(name);
    if (!tally) throw new InternalError(`pass ${name} has no tally`);
    return tally;
  }
}

/** Whether inference knows sizes only by symbols of its own. */
function hasUnnamedSizes(model: Model): boolean {
  for (const graph of model.graphs()) {
    for (const node of graph.nodes()) {
      for (const output of node.outputs) {
        const type = output?.type;
        if (type?.kind === 'tensor' && type.shape?.some(isAnonymous)) return true;
      }
    }
  }
  return false;
}

function definedOf(options: RunOptions): Partial<PassOptions> {
  const { foldLimit, exactness } = options;
  return {
    ...(foldLimit === undefined ? {} : { foldLimit }),
    ...(exactness === undefined ? {} : { exactness }),
  };
}
