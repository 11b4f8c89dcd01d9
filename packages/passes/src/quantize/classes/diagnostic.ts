import type { Origin } from './constraint.ts';

/**
 * What people should know:
 * `barrier`: a rule does not hold because a point of it stays a float;
 * `cut`: a value is requantized on the way to a use, because both ends ask for different things;
 * `conflict`: rules contradict each other at one node, or one point, which is left out;
 * `refused`: points that had better share a scale do not, because one of them would lose too much;
 * `equalised`: a branch was multiplied by a power of two, because it lost too much beside others;
 * `starved`: points must share a scale, and one of them loses too much; says which way out is taken;
 * `island`: a node without codes would stand between codes, and all on one side of it stays on floats with it;
 * `chosen-anew`: a model was trained for codes that the target does not have; they are chosen as for any other value;
 * `untried`: there are no samples to compare ways to choose ranges on;
 * `non-finite`: NaN or infinities were seen; `unseen`: nothing was seen. Neither is quantized.
 */
export interface Diagnostic {
  readonly code:
    | 'barrier'
    | 'cut'
    | 'conflict'
    | 'refused'
    | 'equalised'
    | 'starved'
    | 'island'
    | 'chosen-anew'
    | 'untried'
    | 'non-finite'
    | 'unseen';
  /** The value, use or node that it is about. */
  readonly at: string;
  readonly message: string;
  /** The rules that lead to it. */
  readonly origins: readonly Origin[];
}

/** Rules as people read them, each once: `concat-inputs at 'cat', override at 'x'`. */
export function listOrigins(origins: readonly Origin[]): string {
  return distinctOrigins(origins)
    .map(({ rule, at }) => `${rule} at '${at}'`)
    .join(', ');
}

/** Each rule once, in the order of their names. */
export function distinctOrigins(origins: readonly Origin[]): readonly Origin[] {
  const byKey = new Map(origins.map((o) => [`${o.rule}\u0000${o.at}`, o]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, origin]) => origin);
}
