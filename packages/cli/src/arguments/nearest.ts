/** The name that a mistyped word most likely meant; absent when none is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  // A third of the letters may be wrong.
  let least = Math.floor(word.length / 3) + 1;
  for (const name of names) {
    const distance = editDistance(word, name);
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

/** The hint for a word that is not among `names`: the name most likely meant, or else `otherwise`. */
export function suggestion(word: string, names: readonly string[], otherwise: string): string {
  const near = nearest(word, names);
  return near === undefined ? otherwise : `did you mean ${near}?`;
}

/** How many letters must be inserted, deleted, replaced or swapped with the next to get from one word to another. */
function editDistance(a: string, b: string): number {
  // Words of models and people may be long; names of ours are not.
  if (Math.abs(a.length - b.length) > 20) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  let above: number[] = [];
  for (let i = 1; i <= a.length; i++) {
    const beforeLast = above;
    above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? (beforeLast[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(replaced, swapped, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
  }
  return row[b.length] ?? 0;
}
