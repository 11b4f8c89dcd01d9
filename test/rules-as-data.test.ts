import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  dataFunctions,
  dataGuards,
  describeRule,
  loadRules,
  parseRules,
  printRule,
  type RuleData,
  ruleFromJson,
  ruleToJson,
} from '@refold/matcher';
import { allPasses } from '@refold/passes';
import { expect, test } from 'vitest';
import { run } from '../packages/cli/src/cli.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const path = join(root, 'docs/rules-as-data.md');
const guide = readFileSync(path, 'utf8');
const blocks = (language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block);

test.for(blocks('rules'))('rules of the guide are rules: %s', (block) => {
  const rules = parseRules(block);
  expect(rules).toHaveLength(1);
  for (const rule of rules) expect(parseRules(printRule(rule)).map(ruleToJson)).toEqual([ruleToJson(rule)]);
});

test.for(blocks('json'))('JSON of the guide is a rule', (block) => {
  expect(ruleToJson(ruleFromJson(JSON.parse(block)))).toEqual(JSON.parse(block));
});

test.for(blocks('sh').flatMap((b) => b.trim().split('\n')))('%s', async (line) => {
  const folder = mkdtempSync(join(tmpdir(), 'refold-rules-'));
  copyFileSync(join(root, 'examples/tiny_transformer.onnx'), join(folder, 'model.onnx'));
  writeFileSync(join(folder, 'my.rules'), blocks('rules').join('\n'));
  const words = line.split(' ').slice(1);
  const argv = words.map((word) => (/\.(onnx|rules)$/.test(word) ? join(folder, word) : word));
  let complaints = '';
  const terminal = { stdout: { write: () => {} }, stderr: { write: (text: string) => (complaints += text) } };
  expect([await run(argv, terminal), complaints]).toEqual([0, '']);
  rmSync(folder, { recursive: true, force: true });
});

test('the examples are rules', () => {
  const folder = join(root, 'docs/examples');
  for (const file of readdirSync(folder)) {
    expect(loadRules(readFileSync(join(folder, file), 'utf8'), file)).toHaveLength(1);
  }
});

function arityText([least, most]: readonly [number, number]): string {
  return least === most ? String(least) : `${least} to ${most}`;
}

/** The guide with its lists made anew. */
function updated(): string {
  const functions = [...dataFunctions].map(
    ([name, f]) => `| \`${name}\` | ${arityText(f.arity)} | ${f.text} |`,
  );
  const guards = [...dataGuards]
    .filter(([name]) => /^\w/.test(name))
    .map(([name, g]) => `| \`${name}\` | ${arityText(g.arity)} | ${g.text} | \`${g.reason}\` |`);
  return listed(listed(guide, 'functions', functions), 'guards', guards);
}

function listed(text: string, name: string, rows: readonly string[]): string {
  const list = new RegExp(`(<!-- ${name} -->\\n[^\\n]*\\n[^\\n]*\\n).*?(<!-- end -->)`, 's');
  return text.replace(list, (_, head: string, end: string) => `${head}${rows.join('\n')}\n${end}`);
}

test('the guide lists all functions and guards', () => {
  if (process.env.REFOLD_UPDATE) writeFileSync(path, updated());
  else expect(guide).toBe(updated());
});

const shipped = allPasses.flatMap((p) => (p.kind === 'rules' ? p.rules : []));

/** These ask whether Clip was given a bound, which is not a parameter by the schema. */
const asksForBounds: ReadonlySet<string> = new Set(['norm/l2-norm', 'identities/clip.unbounded']);

test('the pattern of every shipped rule can be said as data, and comes back', () => {
  expect(shipped.length).toBeGreaterThan(50);
  for (const rule of shipped) {
    if (asksForBounds.has(rule.spec.name)) continue;
    const description = describeRule(rule).rule;
    // Guards and builders of ours are code; any emission does here.
    const emit: RuleData['emit'] = { op: 'RandomNormal', in: [], params: { shape: { list: [1] } } };
    const read = ruleFromJson({ ...description, emit });
    expect(describeRule(read).rule).toMatchObject(description);
    expect(parseRules(printRule(read)).map(ruleToJson)).toEqual([ruleToJson(read)]);
  }
});
