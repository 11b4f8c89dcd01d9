import { RefoldError } from '@refold/ir';
import { entropy, minMax, mse, type Observer, percentile } from '@refold/passes';
import { suggestion } from '../arguments/nearest.ts';

const observers: ReadonlyMap<string, Observer> = new Map(
  [minMax, mse, entropy, percentile()].map((observer) => [observer.name.replace(/-0\..*/, ''), observer]),
);

/** Names of ways to choose ranges, for the help. */
export const observerNames: readonly string[] = [...observers.keys()];

/** The way to choose ranges that `--observer` names: `mse`, or `percentile=0.999`. Throws `usage/option` for others. */
export function observerOf(word: string): Observer {
  const known = observers.get(word);
  if (known) return known;
  const share = /^percentile[=-](\d*\.?\d+)$/.exec(word)?.[1];
  if (share !== undefined) return percentile(Number(share));
  const hint = suggestion(word, observerNames, `use ${observerNames.join(', ')}, or percentile=0.999`);
  throw new RefoldError('usage/option', `'${word}' is not a way to choose ranges`, {}, hint);
}
