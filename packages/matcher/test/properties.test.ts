import { Editor, type Model, printModel, printNode, Value, verifyModel } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile, type FoundMatch, op, type Rule, rewrite, roots, sum } from '../src/index.ts';
import { drawFrom, oneOfList, shuffled } from './draws.ts';
import { graphOf, type NodeText, randomGraph, randomNodes, reordered } from './random-graph.ts';
import { replacing, simplifications } from './rewriting-rules.ts';
import { sampledRule } from './sampled-rule.ts';
import { finder, model } from './support.ts';

const decisions = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 20, maxLength: 300, size: 'max' });

/** More runs, and other ones, for those who have the time. */
const RUNS = Number(process.env.REFOLD_PROPERTY_RUNS ?? 60);
const SEED = Number(process.env.REFOLD_PROPERTY_SEED ?? 23);

function check(property: (numbers: readonly number[]) => void): void {
  fc.assert(fc.property(decisions, property), {
    numRuns: RUNS,
    seed: SEED,
  });
}

/** Where matches lie, by names. */
function places(found: Iterable<FoundMatch>): readonly string[] {
  return [...found]
    .map(({ rule, match }) => `${rule} ${match.$root.name} ${match.$nodes.map((n) => n.label).toSorted()}`)
    .toSorted();
}

const anchors = ['none', 'root', 'rarest'] as const;

test('P1: neither the order of rules, nor that of nodes, nor names change what is found', () => {
  check((numbers) => {
    const draw = drawFrom(numbers);
    const nodes = randomNodes(draw, 16);
    const outputs = ['v15', 'v7'];
    const m = graphOf(nodes, outputs);
    const rules = Array.from({ length: 4 }, (_, i) => sampledRule(m.graph, `test/${i}`, draw, { size: 5 }));
    const found = places(compile(rules).find(m.graph));
    expect(places(compile(rules.toReversed()).find(m.graph))).toEqual(found);
    const moved = graphOf(reordered(draw, nodes), outputs);
    expect(places(compile(rules).find(moved.graph))).toEqual(found);
    const rename = (text: string): string => text.replace(/\bv(\d+)/g, (_, n) => `w${(Number(n) * 7) % 17}`);
    const renamed = nodes.map(
      (node): NodeText => ({
        outputs: node.outputs.map(rename),
        inputs: node.inputs.map(rename),
        text: rename(node.text),
      }),
    );
    const other = graphOf(renamed, outputs.map(rename));
    expect(places(compile(rules).find(other.graph)).length).toBe(found.length);
  });
});

test('P2: a pattern taken from a graph matches where it was taken from', () => {
  check((numbers) => {
    const draw = drawFrom(numbers);
    const m = randomGraph(draw, 20);
    const sampled = sampledRule(m.graph, 'test/sampled', draw, { size: 8, plain: true });
    const origin = sampled.spec.doc.split(' ').at(-1);
    const found = [...compile([sampled]).find(m.graph)].map((f) => f.match.$root.name);
    expect(found, printModel(m)).toContain(origin);
  });
});

test('P3 and P7: all ways to search rewrite to the same model, and a second run finds nothing to do', () => {
  let rewrites = 0;
  check((numbers) => {
    const results = anchors.map((way) => {
      const draw = drawFrom(numbers);
      const m = randomGraph(draw, 10 + draw(30));
      const rules = [...simplifications, ...replacing(m.graph, draw)];
      const compiled = compile(shuffled(draw, rules), { anchors: way });
      const { applied, refused, visits } = rewrite(m, compiled);
      expect(verifyModel(m).map((f) => f.message)).toEqual([]);
      const text = printModel(m);
      expect(rewrite(m, compiled).rewrites).toBe(0);
      expect(printModel(m)).toBe(text);
      rewrites += Object.keys(applied).length;
      return { text, applied, refused, visits };
    });
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });
  expect(rewrites).toBeGreaterThan(RUNS);
});

test('P1: the order in which rules are given does not change what they make of a model', () => {
  check((numbers) => {
    const texts = [0, 1].map((way) => {
      const draw = drawFrom(numbers);
      const m = randomGraph(draw, 24);
      rewrite(m, compile(way === 0 ? simplifications : simplifications.toReversed()));
      return printModel(m);
    });
    expect(texts[1]).toBe(texts[0]);
  });
});

test('P6: what was rewritten can be taken back', () => {
  check((numbers) => {
    const draw = drawFrom(numbers);
    const m = randomGraph(draw, 24);
    const rules = [...simplifications, ...replacing(m.graph, draw)];
    const before = contentsOf(m);
    const found = places(compile(rules).find(m.graph));
    const editor = new Editor(m);
    editor.begin();
    rewrite(editor, compile(rules));
    editor.rollback();
    expect(contentsOf(m)).toEqual(before);
    expect(places(compile(rules).find(m.graph))).toEqual(found);
  });
});

/** Everything in the main graph. */
function contentsOf({ graph }: Model): readonly unknown[] {
  const initializers = [...graph.initializers].map((v) => `${v.name} ${v.useCount}`);
  const uses = [...graph.nodes()].flatMap((n) => n.outputs.map((v) => `${v?.name} ${v?.useCount}`));
  return [[...graph.nodes()].map((n) => printNode(n)), graph.outputs.map((v) => v.name), initializers, uses];
}

test('P8: with less fuel fewer matches are found, none others, and that is reported', () => {
  let gaveUp = 0;
  check((numbers) => {
    const draw = drawFrom(numbers);
    const m = randomGraph(draw, 24);
    const rules = Array.from({ length: 3 }, (_, i) => sampledRule(m.graph, `test/${i}`, draw, { size: 7 }));
    const all = places(compile(rules).find(m.graph));
    const tired = new Set<string>();
    // Each operator of a pattern is good for some steps, so a negative number leaves few.
    const few = compile(rules, { fuel: -16 * draw(7) });
    const some = places(few.find(m.graph, { onFuel: (name) => tired.add(name) }));
    const left = [...all];
    for (const place of some) {
      expect(left).toContain(place);
      left.splice(left.indexOf(place), 1);
    }
    for (const place of left) expect(tired).toContain(place.split(' ')[0]);
    gaveUp += tired.size;
  });
  expect(gaveUp).toBeGreaterThan(0);
});

test('P10: what others read stays', () => {
  check((numbers) => {
    const draw = drawFrom(numbers);
    const m = randomGraph(draw, 24);
    const outputs = m.graph.outputs.map((v) => v.name);
    const operands = (): ReadonlyMap<string, readonly (string | undefined)[]> =>
      new Map([...m.graph.nodes()].map((n) => [n.label, n.inputs.map((v) => v?.name)]));
    const before = operands();
    const replaced = new Set<string>();
    const removed = new Set<string>();
    rewrite(m, compile(replacing(m.graph, draw)), {
      onRewrite: (event) => {
        for (const name of event.outputs) replaced.add(name);
        for (const name of event.removed) removed.add(name);
      },
    });
    expect(m.graph.outputs.map((v) => v.name)).toEqual(outputs);
    for (const [label, inputs] of operands()) {
      // A node that no rewrite touched reads what it read, or what took the place of that.
      const was = before.get(label);
      if (!was || removed.has(label)) continue;
      was.forEach((name, i) => {
        if (inputs[i] !== name) expect(replaced).toContain(name);
      });
    }
    expect(verifyModel(m).map((f) => f.message)).toEqual([]);
  });
});

test('P11: two roots are replaced exactly where the new nodes can stand before all who read them', () => {
  let made = 0;
  const pair: Rule = {
    spec: {
      ...finder(roots({ p: op('Relu', ['x']), q: op('Sub', ['x', 'y']) })).spec,
      keep: 'allowed',
      build: (m, b) => {
        const captures = new Map<string, unknown>(Object.entries(m));
        const [x, y] = [captures.get('x'), captures.get('y')];
        if (!(x instanceof Value && y instanceof Value)) return undefined;
        return { p: b.node('Max', [x, y]), q: b.node('Min', [x, y]) };
      },
    },
  };
  check((numbers) => {
    const draw = drawFrom(numbers);
    const size = 3 + draw(6);
    const at = draw(size - 1);
    const lines: string[] = [];
    const readers: number[] = [];
    for (let i = 0; i < size; i += 1) {
      const [s, t] = [draw(i + 1) - 1, draw(i + 1) - 1];
      lines.push(i === at ? `v${at} = Relu(a)` : `v${i} = Mul(${nameOf(s)}, ${nameOf(t)})`);
      if (i !== at && (s === at || t === at)) readers.push(i);
    }
    const y = draw(size);
    const m = model(`(float[2] a) => (float[2] q, float[2] v${size - 1}, float[2] v${at})
      { ${lines.join('\n')} q = Sub(a, v${y}) }`);
    const isConvex = y !== at && readers.every((reader) => reader > y);
    expect(rewrite(m, compile([pair])).rewrites > 0, printModel(m)).toBe(isConvex);
    expect(verifyModel(m).map((f) => f.message)).toEqual([]);
    made += isConvex ? 1 : 0;
  });
  expect(made).toBeGreaterThan(RUNS / 10);
});

function nameOf(index: number): string {
  return index < 0 ? 'a' : `v${index}`;
}

const terms = ['Relu', 'Exp', 'Tanh'];

test('P12: a sum of up to six terms matches as often as its terms can be put in order', () => {
  check((numbers) => {
    const draw = drawFrom(numbers);
    const count = 2 + draw(5);
    const leaves = Array.from({ length: count }, () => ({
      op: oneOfList(draw, terms),
      sign: draw(4) === 0 ? -1 : 1,
    }));
    leaves[0] = { op: leaves[0]?.op ?? 'Relu', sign: 1 };
    // Brackets: two neighbours become one, until one is left.
    const lines = leaves.map((leaf, i) => `t${i} = ${leaf.op}(x${i})`);
    let open = leaves.map(({ sign }, i) => ({ name: `t${i}`, sign }));
    for (let n = 0; open.length > 1; n += 1) {
      const i = draw(open.length - 1);
      const [left, right] = open.slice(i, i + 2);
      if (!left || !right) break;
      const isSum = left.sign === right.sign;
      const [p, q] = isSum || left.sign > 0 ? [left, right] : [right, left];
      lines.push(`s${n} = ${isSum ? 'Add' : 'Sub'}(${p.name}, ${q.name})`);
      open = open.toSpliced(i, 2, { name: `s${n}`, sign: p.sign });
    }
    const [root] = open;
    if (!root) return;
    lines.push(`y = ${root.sign > 0 ? 'Identity' : 'Neg'}(${root.name})`);
    const inputs = leaves.map((_, i) => `float[2] x${i}`).join(', ');
    const m = model(`(${inputs}) => (float[2] y) { ${lines.join('\n')} }`);
    const wanted = shuffled(draw, leaves).map((leaf, i) => {
      const part = op(draw(12) === 0 ? oneOfList(draw, terms) : leaf.op, [`c${i}`]);
      return { part, op: part.data.kind === 'op' ? part.data.ops[0] : '', sign: leaf.sign };
    });
    const pattern = sum(wanted.map(({ part, sign }) => (sign > 0 ? part : op('Neg', [part]))));
    const found = [...compile([finder(pattern)]).find(m.graph)].filter((f) => f.match.$nodes.length > count);
    const solutions = found.filter((f) => f.match.$root.name === (root.sign > 0 ? root.name : 'y'));
    const orders = permutations(leaves).filter((order) =>
      order.every((leaf, i) => leaf.op === wanted[i]?.op && leaf.sign === wanted[i]?.sign),
    );
    expect(solutions.length, printModel(m)).toBe(orders.length);
  });
});

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}
