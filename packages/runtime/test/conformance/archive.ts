import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
const archive = join(root, '..', 'shared', 'conformance', 'onnx-node-tests.tar.xz');

/** One of ONNX's own test cases: a model, and inputs with the outputs that it must give. */
export interface Case {
  /** `KIND/NAME`, such as `node/test_add`. */
  readonly name: string;
  readonly folder: string;
}

/** All cases, or why there are none. They are unpacked once, into a cache that can be deleted at any time. */
export function findCases(): readonly Case[] | string {
  if (!existsSync(archive)) return `the archive of ONNX test cases is not at ${archive}`;
  const { size, mtimeMs } = statSync(archive);
  const folder = join(
    root,
    'node_modules',
    '.cache',
    'refold',
    `onnx-node-tests-${size}-${Math.floor(mtimeMs)}`,
  );
  if (!existsSync(folder)) {
    const reason = unpack(folder);
    if (reason !== undefined) return reason;
  }
  const cases: Case[] = [];
  for (const kind of readdirSync(folder).sort()) {
    for (const name of readdirSync(join(folder, kind)).sort()) {
      cases.push({ name: `${kind}/${name}`, folder: join(folder, kind, name) });
    }
  }
  return cases;
}

function unpack(folder: string): string | undefined {
  mkdirSync(dirname(folder), { recursive: true });
  const part = mkdtempSync(`${folder}-`);
  try {
    execFileSync('tar', ['-xJf', archive, '-C', part], { stdio: 'pipe' });
    // Appears as a whole or not at all, whoever else is unpacking.
    renameSync(part, folder);
    return undefined;
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    return existsSync(folder) ? undefined : `tar cannot unpack ${archive}: ${String(error)}`;
  }
}

/** The input sets of a case, each with the files of its inputs and outputs in order. */
export function setsOf(
  folder: string,
): readonly { readonly inputs: readonly Uint8Array[]; readonly outputs: readonly Uint8Array[] }[] {
  const sets = readdirSync(folder).filter((name) => name.startsWith('test_data_set_'));
  return sets.sort().map((set) => ({
    inputs: filesOf(join(folder, set), 'input'),
    outputs: filesOf(join(folder, set), 'output'),
  }));
}

function filesOf(folder: string, what: string): readonly Uint8Array[] {
  const files: Uint8Array[] = [];
  for (let i = 0; existsSync(join(folder, `${what}_${i}.pb`)); i += 1) {
    files.push(readFileSync(join(folder, `${what}_${i}.pb`)));
  }
  return files;
}
