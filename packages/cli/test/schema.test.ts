import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { bytesOf, Folder, refold, wasteful } from './helpers.ts';

const folder = new Folder();
const schema = JSON.parse(readFileSync(new URL('../../../docs/report.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: true, allErrors: true }).addSchema(schema);

async function printed(...argv: readonly string[]): Promise<Record<string, unknown>> {
  const { status, out } = await refold(...argv);
  expect(status).toBe(0);
  return JSON.parse(out);
}

function expectValid(reference: string, data: unknown): void {
  ajv.validate(reference, data);
  expect(ajv.errors).toBeNull();
}

test('the report is as its schema says', async () => {
  const path = folder.with('in.onnx', bytesOf(wasteful));
  for (const argv of [[], [folder.at('out.onnx')], [folder.at('out.onnx'), '--check', '1']]) {
    const report = await printed(path, ...argv, '--json');
    expectValid('refold-report', report);
    expect('check' in report).toBe(argv.length === 3);
  }
});

test('the report of a model that cannot be run, and of one with oddities, too', async () => {
  const odd = 'main (float[2] x) => (y) { y = Plugin (x) }';
  const report = await printed(folder.with('in.onnx', bytesOf(odd)), '--check', '1', '--json');
  expectValid('refold-report', report);
  expect(report).toMatchObject({
    check: { verdict: 'unverified', sets: 0 },
    warnings: [expect.stringMatching('Plugin')],
  });
});

test('the figures that show prints are those of the report', async () => {
  const path = folder.with('in.onnx', bytesOf(wasteful));
  const figures = await printed('show', path, '--json');
  expectValid('refold-report#/$defs/figures', figures);
  expect((await printed(path, '--json')).input).toEqual(figures);
});

test('the schema refuses what is not a report', async () => {
  const report = await printed(folder.with('in.onnx', bytesOf(wasteful)), '--json');
  for (const wrong of [
    { ...report, extra: 1 },
    { ...report, rounds: -1 },
    { ...report, stopped: 'tired' },
    [],
  ]) {
    expect(ajv.validate('refold-report', wrong)).toBe(false);
  }
});

test('the report says how the opset was raised', async () => {
  const path = folder.with('in.onnx', bytesOf(wasteful));
  const report = await printed(path, '--opset', 'latest', '--json');
  expectValid('refold-report', report);
  expect(report).toMatchObject({ opset: { from: expect.any(Number), to: expect.any(Number) } });
});
