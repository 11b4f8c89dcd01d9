import { readFileSync } from 'node:fs';
import { allRules } from '@refold/passes';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { explain } from '../src/index.ts';
import { bytesOf, Folder, refold } from './helpers.ts';

const folder = new Folder();
const schema = JSON.parse(
  readFileSync(new URL('../../../docs/explanation.schema.json', import.meta.url), 'utf8'),
);

/** x * Clip(x + 3, 0, 6) / 6, or with another number in the end, behind a node that simplifying takes away. */
const gate = (by: string): string => `main (float[N, 2] x) => (float[N, 2] y)
  <float three = {3}, float low = {0}, float high = {6}, float by = {${by}}>
  { same = Identity (x) s = Add (same, three) c = Clip (s, low, high) m = Mul (same, c) y = Div (m, by) }`;

const ownRule = `rule mine/six : fuse reassociate
  doc       "x Clip(x + 3, 0, 6) / 6 = HardSwish(x)"
  match     x: {float32} * Clip(x + 3, 0, 6) / 6
  emit      HardSwish(x)
`;

/** The rule that folds it back, whatever it is called. */
const name = await foldingRule();

async function foldingRule(): Promise<string> {
  for (const { rule } of allRules) {
    if (!rule.spec.emits?.some((e) => e.op === 'HardSwish')) continue;
    const { outcome } = await explain(bytesOf(gate('6')), rule.spec.name, { asIs: true, at: 'y' });
    if (outcome === 'matched') return rule.spec.name;
  }
  throw new Error('no rule makes HardSwish');
}

test('a rule that does not match is explained, on the simplified model or on the model as it is', async () => {
  const path = folder.with('in.onnx', bytesOf(gate('5')));
  const { status, out, err } = await refold('explain', path, '--rule', name);
  expect([status, err]).toEqual([0, '']);
  expect(out).toMatch(/^on the simplified model:\n/);
  expect(out).toMatch(new RegExp(`^${name} at [my]: does not match$`, 'm'));
  expect(out).toMatch(/expected .*, found .*/);
  expect(out).toMatch(/would match if /);
  const asIs = await refold('explain', path, '--rule', name, '--as-is', '--at', 'c');
  expect(asIs.out).toMatch(/^on the model as it is:\n/);
});

test('a rule that did its work on the way says so', async () => {
  const path = folder.with('in.onnx', bytesOf(gate('6')));
  const { out } = await refold('explain', path, '--rule', name);
  expect(out).toMatch(
    /^on the simplified model; the rule made 1 rewrites on the way to it:\n.*no place to start from/,
  );
  const asIs = await refold('explain', path, '--rule', name, '--as-is', '--at', 'y');
  expect(asIs.out).toContain(`${name} at y: matches, and the rewrite would be made`);
});

test('as JSON, which is as its schema says and what the library gives', async () => {
  const validate = new Ajv2020({ strict: true }).compile(schema);
  for (const by of ['5', '6']) {
    const bytes = bytesOf(gate(by));
    const path = folder.with('in.onnx', bytes);
    for (const flags of [[], ['--as-is'], ['--as-is', '--at', 'y']]) {
      const { out } = await refold('explain', path, '--rule', name, ...flags, '--json');
      const report = JSON.parse(out);
      validate(report);
      expect(validate.errors).toBeNull();
      const asIs = flags.includes('--as-is');
      const own = await explain(bytes, name, { asIs, ...(flags.includes('--at') ? { at: 'y' } : {}) });
      const steady = (r: typeof own) => ({ ...r, before: r.before && { ...r.before, milliseconds: 0 } });
      expect(steady(report)).toEqual(steady(own));
    }
  }
});

test('a rule of the caller is explained where it runs: among those of refold, before them', async () => {
  const rules = folder.with('own.rules', new TextEncoder().encode(ownRule));
  const path = folder.with('in.onnx', bytesOf(gate('5')));
  const { out } = await refold('explain', path, '--rules', rules, '--rule', 'mine/six');
  expect(out).toMatch(/^on the simplified model:\nmine\/six at [my]: does not match$/m);
  // The only rule of a file needs no name.
  expect((await refold('explain', path, '--rules', rules)).out).toBe(out);
  const mended = folder.with('six.onnx', bytesOf(gate('6')));
  const did = await refold('explain', mended, '--rules', rules);
  expect(did.out).toMatch(/^on the simplified model; the rule made 1 rewrites on the way to it:/);
  const asIs = await refold('explain', mended, '--rules', rules, '--as-is', '--at', 'y');
  expect(asIs.out).toContain('mine/six at y: matches, and the rewrite would be made');
});

test('wrong usage is one line, with what was most likely meant', async () => {
  const path = folder.with('in.onnx', bytesOf(gate('5')));
  const refuses = async (message: string, ...argv: readonly string[]) => {
    expect(await refold('explain', path, ...argv)).toEqual({
      status: 2,
      out: '',
      err: `refold: ${message}\n`,
    });
  };
  await refuses('explain needs --rule RULE; refold rules lists them');
  await refuses(`there is no rule '${name}x'; did you mean ${name}?`, '--rule', `${name}x`);
  const short = name.slice(name.indexOf('/') + 1);
  await refuses(`there is no rule '${short}'; did you mean ${name}?`, '--rule', short);
  await refuses("there is no rule 'zzzzzzzz'; refold rules lists them", '--rule', 'zzzzzzzz');
  await refuses(
    "there is no node 'same' in the simplified model; simplification may have removed it; try --as-is",
    ...['--rule', name, '--at', 'same'],
  );
  await refuses("there is no node 'zzz'", '--rule', name, '--at', 'zzz', '--as-is');
});

test('refold rules lists every rule', async () => {
  const { status, out } = await refold('rules');
  expect(status).toBe(0);
  const listed: unknown = JSON.parse((await refold('rules', '--json')).out);
  expect(listed).toHaveLength(allRules.length);
  for (const {
    rule: { spec },
    pass,
  } of allRules) {
    expect(out).toContain(`${spec.name}  `);
    expect(out).toContain(spec.doc);
    expect(listed).toContainEqual(
      expect.objectContaining({
        name: spec.name,
        pass: pass.name,
        exactness: spec.exactness,
        emits: spec.emits ?? [],
      }),
    );
  }
});

test('names of rules are names: one rule each, family and name', () => {
  const names = allRules.map((r) => r.rule.spec.name);
  expect(new Set(names).size).toBe(names.length);
  for (const n of names) expect(n).toMatch(/^[a-z-]+\/[a-z0-9-]+(\.[a-z0-9-]+)*$/);
});

test('--why says what was left alone, rule by rule, and so does the report', async () => {
  const bytes = bytesOf('main (float[2] x) => (y) { s = Sigmoid (x) y = Mul (x, s) }');
  const path = folder.with('in.onnx', bytes);
  const { out } = await refold(path, '--why');
  expect(out).toMatch(/^left unchanged$/m);
  expect(out).toMatch(/^ {2}act\/silu +\d+ x op-not-in-opset$/m);
  expect(out).toContain(`refold explain ${path} --rule RULE`);
  const report = JSON.parse((await refold(path, '--json', '--why')).out);
  const pass = report.passes.find((p: { rules?: object }) => p.rules && 'act/silu' in p.rules);
  expect(pass.rules['act/silu']).toMatchObject({
    changes: 0,
    refusals: { 'op-not-in-opset': expect.any(Number) },
  });
  expect(report.visits).toBeGreaterThan(0);
  const nothing = await refold(
    folder.with('n.onnx', bytesOf('main (float[2] x) => (y) { y = Relu (x) }')),
    '--why',
  );
  expect(nothing.out).toContain('every match was rewritten');
});
