import { readFileSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { RefoldError } from '@refold/ir';
import { loadRules, type Rule } from '@refold/matcher';

/** Files of rules are written by people. */
const MAX_BYTES = 1 << 20;

/**
 * The rules of files, by the names of the files. Throws `file/read` for what cannot be read, and `usage/option`
 * with file, line and column for what is no rule.
 */
export function readRuleFiles(
  paths: readonly string[] | undefined,
): ReadonlyMap<string, readonly Rule[]> | undefined {
  if (!paths) return undefined;
  const sets = new Map<string, readonly Rule[]>();
  for (const path of paths) {
    const plain = basename(path, extname(path)).replace(/[^A-Za-z0-9_.-]+/g, '-');
    let name = plain;
    for (let i = 2; sets.has(name); i += 1) name = `${plain}-${i}`;
    sets.set(name, loadRules(textOf(path), path));
  }
  return sets;
}

function textOf(path: string): string {
  try {
    if (statSync(path).size <= MAX_BYTES) return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RefoldError('file/read', `cannot read ${path}: ${reason}`, { file: path }, undefined, error);
  }
  throw new RefoldError('file/read', `cannot read ${path}: rules take at most 1 MB`, { file: path });
}
