import { Editor, type Value } from '@refold/ir';
import type { Feeds } from '@refold/runtime';
import { nodesWithin } from '../../manager/walk.ts';
import { errorsWithout, type Subject } from '../analyse/count-errors.ts';
import { OutputErrors } from '../analyse/output-errors.ts';
import { type Collected, collectConstraints } from '../constraints/collect.ts';
import { branchOf, scaleBranch } from '../equalise/branch.ts';
import { movedStatistics, type ScaledBranch } from '../equalise/moved-statistics.ts';
import { inputFactors, sinksByLayer } from '../equalise/scale-channels.ts';
import { type StarvedBranch, starvedBranches } from '../equalise/starved-branches.ts';
import { minMax } from '../observers/min-max.ts';
import type { QuantizeOptions } from '../quantize.ts';
import type { GramCollector } from '../round/gram.ts';
import { calibrate } from '../statistics/calibrate.ts';
import { constantStatistics } from '../statistics/calibration.ts';
import { Histogram } from '../statistics/histogram.ts';

/** A model that was run on samples, and what was seen of it. */
export interface Watched {
  readonly subject: Subject & { readonly options: QuantizeOptions };
  readonly collected: Collected;
  /** The first samples. */
  readonly kept: readonly Feeds[];
  /** Whether these are all of them. */
  readonly keptAll: boolean;
  readonly grams: GramCollector | undefined;
}

/** A branch that was multiplied. */
export interface RescuedBranch extends StarvedBranch, ScaledBranch {}

/** What is known of the model as it is now. */
export interface Rescued extends Pick<Watched, 'subject' | 'collected'> {
  readonly branches: readonly RescuedBranch[];
}

const noNodes: ReadonlySet<never> = new Set();

/**
 * The first step of the ladder: multiplies branches that are left with too few levels beside others by powers of two, and
 * divides the weights of the layers that read them, which leaves every bit of what the model computes in floats. Where
 * there are samples to measure with, that is taken back if the outputs lose more with it.
 */
export function rescueBranches(
  watched: Watched,
  editor: Editor = new Editor(watched.subject.model),
): Rescued {
  const { subject, collected, kept, grams } = watched;
  const { model, target, statistics, session } = subject;
  const options = { ...subject.options, observer: subject.options.observer ?? minMax };
  const canLookAgain = kept.length > 0;
  const starved = starvedBranches({ collected, target, statistics, options, canLookAgain });
  const unchanged = { subject, collected, branches: [] };
  if (starved.length === 0) return unchanged;
  const outputs = new OutputErrors(model, kept, session);
  const lossOf = (of: Subject): number =>
    canLookAgain ? errorsWithout({ ...of, options }, outputs, noNodes).noiseToSignal : 0;
  const before = lossOf(subject);
  editor.begin();
  const scaled = starved.flatMap((branch) => scaledOf(editor, branch) ?? []);
  const recollected = collectConstraints(model, target, options);
  const now = { ...subject, statistics: statisticsNow(watched, recollected, scaled) };
  if (scaled.length === 0 || lossOf(now) > before) {
    editor.rollback();
    return unchanged;
  }
  editor.commit();
  if (grams) for (const branch of scaled) scaleGrams(grams, branch);
  return { subject: now, collected: recollected, branches: scaled };
}

/** The same where all that there is of samples is what was seen of them: a branch is multiplied if that foretells a gain. */
export function rescueUntried(subject: Watched['subject'], editor: Editor): Rescued {
  const { model, target, options } = subject;
  const collected = collectConstraints(model, target, options);
  return rescueBranches({ subject, collected, kept: [], keptAll: false, grams: undefined }, editor);
}

/** Multiplies a branch. The layers that others end in may have changed since it was found. */
function scaledOf(editor: Editor, starved: StarvedBranch): RescuedBranch | undefined {
  const branch = branchOf(starved.value);
  return branch && scaleBranch(editor, branch, starved.exponent) ? { ...branch, ...starved } : undefined;
}

/** What would have been seen of the model as it is now. */
function statisticsNow(
  { subject: { model, statistics, session }, kept, keptAll }: Watched,
  { table }: Collected,
  branches: readonly RescuedBranch[],
): Map<string, Histogram> {
  const again = (values: ReadonlyMap<string, Value>): ReadonlyMap<string, Histogram> => {
    const counted = calibrate(model, kept, values, session);
    if (keptAll) return counted;
    return new Map(
      [...counted].map(([key, histogram]) => {
        const before = statistics.get(key);
        return [key, before ? Histogram.merged([before, histogram]) : histogram];
      }),
    );
  };
  const nodes = nodesWithin(model.graph);
  const moved = movedStatistics(statistics, branches, nodes, (value) => table.keyOf(value), again);
  return new Map([...moved, ...constantStatistics(table.values())]);
}

/** The layers behind see larger numbers than when moments were gathered. */
function scaleGrams(grams: GramCollector, { source, reach, exponent }: RescuedBranch): void {
  const factors = new Float64Array(source.channels).fill(2 ** -exponent);
  for (const [layer, sinks] of sinksByLayer(reach.sinks))
    grams.scaleInputs(layer, inputFactors(layer, sinks, factors));
}
