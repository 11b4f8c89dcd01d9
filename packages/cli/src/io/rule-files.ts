import { basename, extname } from 'node:path';
import { RefoldError } from '@refold/ir';
import { openFile } from '@refold/ir/node';
import { loadRules, type Rule } from '@refold/matcher';

/** Files of rules are written by people. */
const MAX_BYTES = 1 << 20;

/**
 * The rules of files, by the names of the files. Throws `file/read` for what cannot be read, and `usage/option`
 * with file, line and column for what is not a rule.
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
  const source = openFile(path);
  if (source.size <= MAX_BYTES) return new TextDecoder().decode(source.read(0, source.size));
  throw new RefoldError('file/read', `cannot read ${path}: it is larger than 1 MB`, { file: path });
}
