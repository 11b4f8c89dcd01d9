import { decodeModel } from '@refold/ir';
import { describe, expect, test } from 'vitest';
import { allPasses, defaultPasses } from '../../src/index.ts';
import { type Case, findTraps, readTrap, type Trap } from './archive.ts';
import { judge, spring } from './trap.ts';

const found = findTraps();
const reason = typeof found === 'string' ? found : undefined;
const { traps, cases } =
  typeof found === 'string' ? { traps: [], cases: new Map<string, readonly Case[]>() } : found;
const title = reason === undefined ? `${traps.length} traps` : `traps (skipped: ${reason})`;

/** `name: what is wrong`, for all traps of which something is. */
function faultsOf(check: (trap: Trap) => readonly string[]): readonly string[] {
  return traps.flatMap((trap) => check(trap).map((fault) => `${trap.name}: ${fault} [${trap.why}]`));
}

describe.skipIf(reason !== undefined)(title, () => {
  test('the runtime gives what the specification says', () => {
    const faults = faultsOf((trap) => {
      const original = decodeModel(readTrap(trap.name));
      return judge(trap, original, original, cases.get(trap.name) ?? []);
    });
    expect(faults).toEqual([]);
  });

  test('the default passes avoid all of them', () => {
    const faults = faultsOf((trap) => {
      return spring(trap, readTrap(trap.name), cases.get(trap.name) ?? [], defaultPasses).faults;
    });
    expect(faults).toEqual([]);
  });

  test.for(allPasses.map((p) => [p.name, p] as const))('%s alone avoids them', ([, pass]) => {
    const faults = faultsOf((trap) => {
      return spring(trap, readTrap(trap.name), cases.get(trap.name) ?? [], [pass]).faults;
    });
    expect(faults).toEqual([]);
  });
});
