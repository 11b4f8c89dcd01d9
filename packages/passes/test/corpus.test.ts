import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeModel, Editor, inferModel, type Model, Node, Value } from '@refold/ir';
import { ConstRef, compile, type FoundMatch } from '@refold/matcher';
import { expect, test } from 'vitest';
import { allPasses } from '../src/index.ts';

// All our rules on real models. REFOLD_MODELS names folders of unpacked ones; those of ../shared are the default.
const folders = (
  process.env.REFOLD_MODELS ??
  ['traps', 'macro']
    .map((name) => fileURLToPath(new URL(`../../../../shared/models/${name}`, import.meta.url)))
    .join(':')
)
  .split(':')
  .filter((folder) => existsSync(folder));

const rules = allPasses.flatMap((pass) => (pass.kind === 'rules' ? pass.rules : []));

function text(captured: unknown): string {
  if (captured instanceof Value || captured instanceof Node) return `#${captured.id}`;
  if (captured instanceof ConstRef) return `constant ${captured.value?.id} ${captured.splat}`;
  return Array.isArray(captured) ? `[${captured.map(text).join()}]` : String(captured);
}

function solution({ rule, match }: FoundMatch): string {
  return `${rule} ${Object.entries(match).map(([name, captured]) => `${name}=${text(captured)}`)}`;
}

function* models(): Generator<readonly [string, Model]> {
  for (const folder of folders) {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.onnx'))) {
      const model = decodeModel(readFileSync(`${folder}/${name}`));
      inferModel(new Editor(model));
      yield [name, model];
    }
  }
}

test.skipIf(folders.length === 0)(
  'on real models, merged trees find what the search for each rule finds (needs ../shared)',
  () => {
    const [plain, fromRoots, fromRarest] = (['none', 'root', 'rarest'] as const).map((anchors) =>
      compile(rules, { anchors }),
    );
    const counts = new Map<string, number>();
    for (const [name, model] of models()) {
      for (const graph of model.graphs()) {
        const found = [...(plain?.find(graph) ?? [])];
        for (const { rule } of found) counts.set(rule, (counts.get(rule) ?? 0) + 1);
        const solutions = found.map(solution);
        expect([...(fromRoots?.find(graph) ?? [])].map(solution), name).toEqual(solutions);
        expect([...(fromRarest?.find(graph) ?? [])].map(solution), name).toEqual(solutions);
      }
    }
    // Many kinds of rules have something to say there.
    expect(counts.size).toBeGreaterThan(20);
  },
);
