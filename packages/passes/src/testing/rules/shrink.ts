/** How often a smaller list is tried at most. */
const MAX_TRIALS = 250;

/**
 * A smaller list of decisions for which `fails` still holds: shorter, and with zeros, or small numbers, in the place of
 * others. Zero is the simplest answer to every question.
 */
export function shrink(
  decisions: readonly number[],
  fails: (smaller: readonly number[]) => boolean,
): readonly number[] {
  let best = decisions;
  let trials = 0;
  const attempt = (smaller: readonly number[]): boolean => {
    if (trials >= MAX_TRIALS) return false;
    trials += 1;
    if (!fails(smaller)) return false;
    best = smaller;
    return true;
  };
  while (best.length > 0 && attempt(best.slice(0, Math.floor(best.length / 2))));
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length; at += size) {
      const chunk = best.slice(at, at + size);
      if (chunk.some((n) => n !== 0)) attempt(best.map((n, i) => (i >= at && i < at + size ? 0 : n)));
    }
  }
  best.forEach((n, at) => {
    for (const small of [1, 2, 3]) if (n > small && attempt(best.with(at, small))) return;
  });
  let end = best.length;
  while (end > 0 && best[end - 1] === 0) end -= 1;
  return best.slice(0, end);
}
