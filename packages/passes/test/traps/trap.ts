import { decodeModel, Editor, encodeModel, type Model, RefoldError, verifyModel } from '@refold/ir';
import { createSession, NdArray, type NdValue, reals } from '@refold/runtime';
import { type Pass, runPasses } from '../../src/index.ts';
import type { Case, Property, Trap } from './archive.ts';
import { difference } from './compare.ts';
import { lostFrom, operatorCounts } from './interface.ts';

/** Traps whose stated outputs are those of an engine where the runtime follows the specification to the letter. */
const outputsDiffer: ReadonlySet<string> = new Set([
  // In inference the mask of old Dropout is unspecified.
  'dropout_mask_opset7',
]);

/** What passes did to a trap. */
export interface Verdict {
  readonly changed: boolean;
  /** Everything that is wrong with the result; empty when the trap was avoided. */
  readonly faults: readonly string[];
}

/** Runs passes on a trap and judges the result, as it comes back from its file. */
export function spring(
  trap: Trap,
  bytes: Uint8Array,
  cases: readonly Case[],
  passes: readonly Pass[],
): Verdict {
  const model = decodeModel(bytes);
  const report = runPasses(new Editor(model), passes);
  // Passes that share a worklist fail together.
  const faults = [...new Set(report.passes.flatMap((p) => p.error ?? []))];
  for (const { name, refusals } of report.passes) {
    if ('emission-not-declared' in refusals) faults.push(`${name} makes what it does not declare`);
  }
  if (report.stopped !== 'settled') faults.push(`stopped: ${report.stopped}`);
  const changed = report.passes.some((p) => p.changes > 0);
  if (!changed) return { changed, faults };
  const written = encodeModel(model);
  const growth = written.byteLength / bytes.byteLength;
  if (trap.limit !== undefined && growth > trap.limit) faults.push(`grew ${growth.toFixed(1)} times`);
  const original = decodeModel(bytes);
  const result = decodeModel(written);
  const known = new Set(verifyModel(original).map((f) => f.message));
  faults.push(...verifyModel(result).flatMap((f) => (known.has(f.message) ? [] : [f.message])));
  faults.push(...lostFrom(original, result).map((line) => `lost ${line}`));
  faults.push(...judge(trap, original, result, cases));
  return { changed, faults };
}

/** What is wrong with what a model computes. */
export function judge(trap: Trap, original: Model, result: Model, cases: readonly Case[]): readonly string[] {
  const { check } = trap;
  if (check?.kind === 'ops') return countFaults(check.need, result);
  try {
    const session = createSession(result);
    let truth: ReturnType<typeof createSession> | undefined;
    return cases.flatMap(({ inputs, outputs }) => {
      const first = session.run(inputs, { seed: 1 });
      if (check && check.kind !== 'metadata' && check.kind !== 'dims') {
        return propertyFaults(check, first, session.run(inputs, { seed: 2 }));
      }
      // Outputs that are too large to be written out are those of the original.
      const given = outputsDiffer.has(trap.name) ? undefined : outputs;
      truth ??= given ? undefined : createSession(original);
      const want = given ?? truth?.run(inputs) ?? new Map<string, NdValue>();
      return [...want].flatMap(([name, value]) => {
        const found = value instanceof NdArray ? difference(first.get(name), value, trap.tol) : undefined;
        return found === undefined ? [] : [`output ${name} ${found}`];
      });
    });
  } catch (error) {
    if (error instanceof RefoldError) return [`does not run: ${error.message}`];
    throw error;
  }
}

function countFaults(need: Readonly<Record<string, number>>, result: Model): readonly string[] {
  const counts = operatorCounts(result);
  return Object.entries(need).flatMap(([op, n]) => {
    const is = counts.get(op) ?? 0;
    return is === n ? [] : [`${is} nodes of ${op}, not ${n}`];
  });
}

type Outputs = ReadonlyMap<string, NdValue>;

function propertyFaults(check: Property, first: Outputs, second: Outputs): readonly string[] {
  const [a, b] = [firstNumbers(first), firstNumbers(second)];
  switch (check.kind) {
    case 'zero_fraction': {
      const share = a.filter((v) => v === 0).length / a.length;
      return share >= check.lo && share <= check.hi ? [] : [`a share of ${share} is zero`];
    }
    case 'not_all_zero':
      return a.some((v) => v !== 0) ? [] : ['two draws became one'];
    case 'runs_differ':
      return a.some((v, i) => v !== b[i]) ? [] : ['random values were frozen'];
    default:
      return [];
  }
}

function firstNumbers(outputs: Outputs): readonly number[] {
  const [first] = outputs.values();
  return first instanceof NdArray ? Array.from(reals(first)) : [];
}
