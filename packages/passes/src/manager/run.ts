import {
  type Editor,
  Inference,
  isAnonymous,
  type Model,
  type ModelError,
  type Node,
  RefoldError,
} from '@refold/ir';
import {
  compile,
  exactnesses,
  type RewriteReport,
  Rewriter,
  type Rule,
  type RuleError,
} from '@refold/matcher';
import { hasNamedValues } from '../support/named-values.ts';
import { modelBytes } from '../support/size.ts';
import { Operators } from './operators.ts';
import type { GraphPass, Pass, PassContext, PassOptions, RulePass } from './pass.ts';

/** Default of every option of passes. */
export const defaultPassOptions: PassOptions = { exactness: 'reassociate' };

/** Options of `runPasses`. */
export interface RunOptions extends Partial<PassOptions> {
  /** Whether the types of the model are inferred already. */
  readonly inferred?: boolean;
  /**
   * Whether to count every reason why a rule left a place alone. When absent, rules that make what the opset does
   * not have are not looked for at all.
   */
  readonly reasons?: boolean;
  /** Rounds over all passes after which to stop, settled or not. @default 12 */
  readonly maxRounds?: number;
  /** Called after each pass that changed something, for instance to verify the model. Throwing rolls the pass back. */
  readonly check?: ((pass: string) => void) | undefined;
  /** Called often; may throw to abort the run (what is finished stays). */
  readonly tick?: (() => void) | undefined;
  /** Called when a pass starts. */
  readonly onPass?: ((pass: string, round: number) => void) | undefined;
}

/** What one pass did over all rounds. */
export interface PassReport {
  readonly name: string;
  /** Number of changes: nodes folded, rewrites applied, items removed. */
  readonly changes: number;
  readonly milliseconds: number;
  /** Why sites were left alone: reason code to number of times. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Of a pass that is a set of rules: what those of them did that matched anywhere. */
  readonly rules?: Readonly<Record<string, RuleReport>>;
  /** Set when the pass failed: it was rolled back and not run again. */
  readonly error?: string;
}

/** What one rule did over all rounds. */
export interface RuleReport {
  /** Number of rewrites. */
  readonly changes: number;
  readonly milliseconds: number;
  /** Why matches were left alone: reason code to number of times. */
  readonly refusals: Readonly<Record<string, number>>;
}

/** What `runPasses` did. */
export interface RunReport {
  readonly passes: readonly PassReport[];
  readonly rounds: number;
  /** Nodes at which rules looked for matches. */
  readonly visits: number;
  /** `settled`: another round would change nothing. */
  readonly stopped: 'settled' | 'round-limit' | 'cycle' | 'rewrite-limit';
  /** Nodes whose operands cannot be right, as inference found. */
  readonly invalid: readonly ModelError[];
}

interface Tally {
  changes: number;
  milliseconds: number;
  readonly refusals: Map<string, number>;
  readonly rules: Map<string, RuleReport>;
  error: string | undefined;
}

/** How often types are inferred from nothing again, after values were merged. */
const MAX_FRESH = 4;

/** A group is one graph pass, or neighbouring rule passes that share a worklist. */
type Group =
  | { readonly kind: 'graph'; readonly pass: GraphPass }
  | { readonly kind: 'rules'; readonly passes: readonly RulePass[]; readonly rewriter: Rewriter };

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
    this.tallies = new Map(
      passes.map((p) => [
        p.name,
        { changes: 0, milliseconds: 0, refusals: new Map(), rules: new Map(), error: undefined },
      ]),
    );
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
      passes: [...this.tallies].map(([name, tally]) => reportOf(name, tally)),
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
      refuse: (reason) => count(tally.refusals, reason, 1),
    };
    const changes = pass.run(context);
    tally.changes += changes;
    return changes;
  }

  private runRules(group: Extract<Group, { kind: 'rules' }>): number {
    const { exactness, tick } = this.options;
    const report: RewriteReport = group.rewriter.run({
      exactness: exactness ?? defaultPassOptions.exactness,
      exclude: [...this.leftOut],
      onError: (error) => this.leaveOut(group.passes, error),
      ...(tick ? { tick } : {}),
    });
    if (report.stopped) this.stopped = report.stopped === 'cycle' ? 'cycle' : 'rewrite-limit';
    let changes = 0;
    for (const pass of group.passes) {
      const tally = this.tally(pass.name);
      for (const { spec } of pass.rules) {
        const applied = report.applied[spec.name] ?? 0;
        const milliseconds = report.milliseconds[spec.name] ?? 0;
        const refusals = report.refused[spec.name] ?? {};
        changes += applied;
        tally.changes += applied;
        tally.milliseconds += milliseconds;
        for (const [reason, times] of Object.entries(refusals)) count(tally.refusals, reason, times);
        addRule(tally.rules, spec.name, { changes: applied, milliseconds, refusals });
      }
    }
    this.visits += report.visits;
    return changes;
  }

  private tally(name: string): Tally {
    const tally = this.tallies.get(name);
    if (!tally) throw new RefoldError('internal/bug', `pass ${name} has no tally`);
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

function groupPasses(editor: Editor, passes: readonly Pass[], options: RunOptions): readonly Group[] {
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

function count(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** Adds what a rule did in one run to what it did before; rules that never matched are left out. */
function addRule(rules: Map<string, RuleReport>, name: string, now: RuleReport): void {
  if (now.changes === 0 && Object.keys(now.refusals).length === 0) return;
  const before = rules.get(name);
  const refusals = new Map(Object.entries(before?.refusals ?? {}));
  for (const [reason, times] of Object.entries(now.refusals)) count(refusals, reason, times);
  rules.set(name, {
    changes: now.changes + (before?.changes ?? 0),
    milliseconds: now.milliseconds + (before?.milliseconds ?? 0),
    refusals: Object.fromEntries(refusals),
  });
}

function definedOf(options: RunOptions): Partial<PassOptions> {
  const { foldLimit, exactness } = options;
  return {
    ...(foldLimit === undefined ? {} : { foldLimit }),
    ...(exactness === undefined ? {} : { exactness }),
  };
}

function reportOf(name: string, tally: Tally): PassReport {
  return {
    name,
    changes: tally.changes,
    milliseconds: tally.milliseconds,
    refusals: Object.fromEntries(tally.refusals),
    ...(tally.rules.size === 0 ? {} : { rules: Object.fromEntries(tally.rules) }),
    ...(tally.error === undefined ? {} : { error: tally.error }),
  };
}
