import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Link } from './chains.ts';

/**
 * Seconds of processor time that onnxscript takes for sets of chains, by their number; undefined where no Python
 * with onnxscript is found. `REFOLD_PYTHON` names the one to use.
 */
export function onnxscriptSeconds(
  model: Uint8Array,
  sets: readonly (readonly (readonly Link[])[])[],
): ReadonlyMap<number, number> | undefined {
  const python = process.env.REFOLD_PYTHON ?? 'python3';
  const probe = spawnSync(python, ['-c', 'import onnxscript'], { stdio: 'ignore' });
  if (probe.status !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'refold-bench-'));
  try {
    const files = [join(folder, 'model.onnx'), join(folder, 'chains.json')] as const;
    writeFileSync(files[0], model);
    writeFileSync(files[1], JSON.stringify(sets));
    const { stdout, stderr, status } = spawnSync(python, ['bench/onnxscript_chains.py', ...files], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (status !== 0) throw new Error(`onnxscript failed: ${stderr}`);
    const seconds: unknown = JSON.parse(stdout);
    return new Map(Object.entries(Object(seconds)).map(([count, s]) => [Number(count), Number(s)]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
