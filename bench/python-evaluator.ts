import { spawnSync } from 'node:child_process';

/**
 * Milliseconds of processor time of each run of a model by ONNX's reference evaluator, on one thread; undefined where
 * no Python with onnx is found. `REFOLD_PYTHON` names the one to use.
 */
export function pythonEvaluatorTimes(
  path: string,
  dims: readonly number[],
  runs: number,
): readonly number[] | undefined {
  const python = process.env.REFOLD_PYTHON ?? 'python3';
  const probe = spawnSync(python, ['-c', 'import onnx.reference'], { stdio: 'ignore' });
  if (probe.status !== 0) return undefined;
  const program = ['bench/python_evaluator.py', path, JSON.stringify(dims), String(runs)];
  const { stdout, stderr, status } = spawnSync(python, program, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status !== 0) throw new Error(`the reference evaluator failed: ${stderr}`);
  const times: unknown = JSON.parse(stdout);
  return Array.isArray(times) ? times.map(Number) : [];
}
