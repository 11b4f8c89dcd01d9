import { RefoldError } from '@refold/ir';
import { allPasses } from '@refold/passes';
import { suggestion } from '../arguments/nearest.ts';
import { aliases } from './pass-aliases.ts';

/** Words for every pass, for tools whose bare option means all. */
export const everyPass: readonly string[] = [...new Set(allPasses.map((p) => familyOf(p.name)))];

/** Whether a word is the name of a pass, a family, an alias, or `none`. */
export function isPassWord(word: string): boolean {
  return word === 'none' || aliases.has(word) || passesOf(word).length > 0;
}

/**
 * Our names for what people type: a name of ours, a whole family (`linear` or `linear/`), or a name that
 * another simplifier uses for the same thing. `none` stands alone, for no pass. Throws `usage/unknown-name`;
 * when passes are asked for, also for those of others that do what is never done here.
 */
export function passNames(
  typed: readonly string[] | undefined,
  wanted: 'run' | 'skip',
): readonly string[] | undefined {
  if (!typed) return undefined;
  if (typed.length === 1 && typed[0] === 'none') return [];
  return typed.flatMap((word) => {
    const targets = aliases.get(word) ?? [word];
    if (targets.length === 0 && wanted === 'run')
      throw unknown(`refold has no equivalent of the pass '${word}'`);
    return targets.flatMap(namesOf);
  });
}

function namesOf(word: string): readonly string[] {
  const names = passesOf(word);
  if (names.length > 0) return names;
  if (word === 'none') throw new RefoldError('usage/option', 'none cannot be combined with other passes');
  const known = [...allPasses.map((p) => p.name), ...everyPass];
  throw unknown(`there is no pass '${word}'`, suggestion(word, known, listHint));
}

const listHint = 'refold passes lists them';

function unknown(message: string, hint = listHint): RefoldError {
  return new RefoldError('usage/unknown-name', message, {}, hint);
}

function passesOf(word: string): readonly string[] {
  const family = word.replace(/\/$/, '');
  return allPasses.map((p) => p.name).filter((name) => name === word || familyOf(name) === family);
}

function familyOf(name: string): string {
  return name.slice(0, name.indexOf('/'));
}
