import type { Observer } from '../observers/observer.ts';
import { Histogram } from '../statistics/histogram.ts';
import { rangeOf } from '../statistics/range.ts';
import { bitsOf, type CodeType } from '../theta/format.ts';
import { type Theta, thetaOf } from '../theta/theta.ts';
import type { Origin, Point } from './constraint.ts';
import { conflictOf, type Demand } from './demand.ts';
import { type Diagnostic, listOrigins } from './diagnostic.ts';
import { chooseFormat } from './format-choice.ts';
import type { Grain } from './grain.ts';
import { type Step, stepFor } from './ladder.ts';
import { type Member, memberOf } from './member.ts';
import { coarsestScale, type Tolerance } from './tolerance.ts';

/** Points that carry one scale and zero point. */
export interface QuantizedClass {
  /** Key of the first point. */
  readonly name: string;
  readonly points: readonly Point[];
  /** For the tensor as a whole; constants may have finer scales, as `grain` says. */
  readonly theta: Theta;
  readonly grain: Grain;
  /** Values whose numbers count, in the order of their keys. */
  readonly members: readonly Member[];
  /** The rules that tied the points. */
  readonly rules: readonly Origin[];
}

/** What a class is made from. */
export interface Group {
  readonly points: readonly Point[];
  readonly demand: Demand;
  /** What was seen of each value that counts, in the order of their keys. */
  readonly seen: ReadonlyMap<string, Histogram>;
  /** Values of which nothing was seen. */
  readonly unseen: readonly string[];
  readonly rules: readonly Origin[];
}

export interface Settings {
  readonly observer: Observer;
  /** What members of a class must bear, and what they bear for a preference. */
  readonly tolerance: Tolerance;
  readonly preference: Tolerance;
  readonly types: readonly CodeType[];
  readonly requantizes: boolean;
  /** Whether a class takes codes of more bits where its members lose too much with few; otherwise it is only said. */
  readonly widens: boolean;
  readonly scalable: (value: string) => boolean;
}

/** The class of a group, or why it stays in floats, and how its members fare. */
export function classOf(
  group: Group,
  settings: Settings,
): { readonly class: QuantizedClass | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const { points, demand, seen, rules } = group;
  const name = points[0]?.key ?? '';
  const objection = objectionTo(group, name);
  if (objection) return { class: undefined, diagnostics: [objection] };
  // A point that contradicts itself has been reported, and is in a class of its own.
  if (conflictOf(demand)) return { class: undefined, diagnostics: [] };
  const [only, ...others] = seen.values();
  const all = only && others.length === 0 ? only : Histogram.merged(seen.values());
  const format = chooseFormat(demand, settings.types);
  const { fixed } = demand;
  const first = fixed && fixed !== 'conflict' ? fixed : thetaOf(settings.observer.range(all, format), format);
  const steps = stepsFor(group, all, first, settings);
  const wider = settings.widens && fixed === undefined ? widest(steps.values()) : undefined;
  const wide = wider && { ...format, dtype: wider };
  const theta = wide ? thetaOf(settings.observer.range(all, wide), wide) : first;
  const members = [...seen].map(([value, histogram]) => memberOf(value, histogram, theta, steps.get(value)));
  const diagnostics = members.flatMap((member) => (member.step ? [starved(member, name, rules)] : []));
  return { class: { name, points, theta, grain: demand.grain, members, rules }, diagnostics };
}

function objectionTo({ seen, unseen, demand, rules }: Group, name: string): Diagnostic | undefined {
  const odd = [...seen]
    .filter(([, h]) => h.nan + h.positiveInfinite + h.negativeInfinite > 0)
    .map(([v]) => v);
  if (odd.length > 0) {
    const message = `'${name}' is not quantized: ${quoted(odd)} had NaN or infinite elements`;
    return { code: 'non-finite', at: name, message, origins: rules };
  }
  // Members without elements, such as a state that is empty at first, are as good as any, beside others.
  const isUnknown = unseen.length > 0 || [...seen.values()].every((h) => h.isEmpty);
  if (demand.fixed === undefined && isUnknown) {
    const message = `'${name}' is not quantized: nothing was seen of ${quoted(unseen.length > 0 ? unseen : [name])}`;
    return { code: 'unseen', at: name, message, origins: rules };
  }
  return undefined;
}

/** A way out for each member that does not bear the scale of the class. Alone, a member has the scale it needs. */
function stepsFor(
  { seen, demand }: Group,
  all: Histogram,
  theta: Theta,
  settings: Settings,
): ReadonlyMap<string, Step> {
  const steps = new Map<string, Step>();
  if (seen.size < 2) return steps;
  const { format } = theta;
  const { tolerance, requantizes, scalable } = settings;
  for (const [value, member] of seen) {
    if (theta.scale <= coarsestScale(member, format, tolerance)) continue;
    const range = rangeOf(all);
    const situation = { member, format, range, types: demand.types, tolerance, requantizes };
    steps.set(value, stepFor({ ...situation, scalable: scalable(value) }));
  }
  return steps;
}

/** The type of most bits among those that members need. */
function widest(steps: Iterable<Step>): CodeType | undefined {
  let found: CodeType | undefined;
  for (const step of steps) {
    if (step.step === 'wider-codes' && (!found || bitsOf(step.dtype) > bitsOf(found))) found = step.dtype;
  }
  return found;
}

function starved({ value, levels, loss, step }: Member, name: string, rules: readonly Origin[]): Diagnostic {
  const message =
    `'${value}' has ${levels.toPrecision(3)} levels in the class of '${name}' and loses ${loss.toExponential(1)}` +
    ` of its signal, because of ${listOrigins(rules)}; way out: ${step?.step ?? 'none'}`;
  return { code: 'starved', at: value, message, origins: rules };
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
