import { expect, test } from 'vitest';
import { loadCommand } from './load.ts';
import { commandNames, isMainJob } from './names.ts';

test.each(commandNames)('%s is the name of the command that is loaded by it', async (name) => {
  expect((await loadCommand(name)).name).toBe(name);
});

test('the main job is a model, or two, and nothing else', () => {
  expect(isMainJob(['in.onnx'])).toBe(true);
  expect(isMainJob(['in.onnx', 'out.onnx'])).toBe(true);
  // The third is a number of checks.
  expect(isMainJob(['in.onnx', 'out.onnx', '1'])).toBe(false);
  expect(isMainJob(['in.onnx', '--check=1'])).toBe(false);
  expect(isMainJob(['show', 'in.onnx'])).toBe(false);
  expect(isMainJob(['-h'])).toBe(false);
  expect(isMainJob([])).toBe(false);
});
