import type { OpPattern, PatternData } from '../pattern/pattern.ts';

/**
 * Whether a pattern surely matches wherever another one does. `false` may mean "hard to say": sums, chains and
 * moves of axes are compared by identity only.
 */
export function isMoreGeneral(general: PatternData, special: PatternData): boolean {
  return new Comparison().covers(general, special);
}

/** Deeper patterns than anybody writes are not compared. */
const MAX_DEPTH = 128;

/** A comparison under way. */
class Comparison {
  /** What captured values stand for in the special pattern. */
  private readonly captured = new Map<string, PatternData>();
  /** What has been found of parts, which may stand at several places. */
  private readonly compared = new Map<
    PatternData,
    { readonly special: PatternData; readonly holds: boolean }
  >();
  private depth = 0;

  covers(general: PatternData, special: PatternData): boolean {
    const before = this.compared.get(general);
    // Congruent values must stay so: a part that stands at several places covers one part only.
    if (before) return before.holds && before.special === special;
    if (this.depth >= MAX_DEPTH) return false;
    this.depth += 1;
    const holds = this.compare(general, special);
    this.depth -= 1;
    if (general.kind === 'op') this.compared.set(general, { special, holds });
    return holds;
  }

  private compare(general: PatternData, special: PatternData): boolean {
    if (special.kind === 'named') return this.covers(general, special.of);
    switch (general.kind) {
      case 'named':
        return this.covers(general.of, special);
      case 'any':
        return isGiven(special);
      case 'value':
        return isGiven(special) && this.isOne(general.name, special) && allows(general.test, testOf(special));
      case 'choice':
        return general.alternatives.some(({ of }) => this.covers(of, special));
      case 'op':
        if (special.kind === 'choice')
          return special.alternatives.every(({ of }) => this.covers(general, of));
        return special.kind === 'op' && this.coversOp(general, special);
      case 'constant':
        return special.kind === 'constant' && allows(general.test, special.test);
      default:
        return general === special;
    }
  }

  /** Whether a captured value may stand here too: all places of one name hold congruent values. */
  private isOne(name: string, special: PatternData): boolean {
    const before = this.captured.get(name);
    if (!before) this.captured.set(name, special);
    return !before || before === special || isSameCapture(before, special);
  }

  private coversOp(general: OpPattern, special: OpPattern): boolean {
    if (general.domain !== special.domain || general.output !== special.output) return false;
    if (!special.ops.every((name) => general.ops.includes(name))) return false;
    if (general.commute !== special.commute && special.commute) return false;
    if (!allows(general.since, special.since) || !allows(general.test, special.test)) return false;
    for (const [name, test] of general.params) {
      const other = special.params.get(name);
      if (other === undefined || JSON.stringify(test) !== JSON.stringify(other)) return false;
    }
    const [p, q] = [general.inputs, special.inputs];
    if (p.length > q.length || (p.length < q.length && !general.extraInputs)) return false;
    if (special.extraInputs && !general.extraInputs) return false;
    return p.every((input, i) => {
      const other = q[i];
      return other !== undefined && this.covers(input, other);
    });
  }
}

function isGiven(p: PatternData): boolean {
  return p.kind !== 'absent' && p.kind !== 'list' && p.kind !== 'hole';
}

function testOf(p: PatternData): object {
  return p.kind === 'value' || p.kind === 'op' ? p.test : {};
}

function isSameCapture(a: PatternData, b: PatternData): boolean {
  return a.kind === 'value' && b.kind === 'value' && a.name === b.name;
}

/** Whether everything that a test asks for is asked for by another one in the same words. */
function allows(general: object, special: object): boolean {
  const wanted: ReadonlyMap<string, unknown> = new Map(Object.entries(special));
  return Object.entries(general).every(
    ([key, test]) => test === undefined || JSON.stringify(test) === JSON.stringify(wanted.get(key)),
  );
}
