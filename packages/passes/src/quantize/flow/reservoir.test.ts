import { expect, test } from 'vitest';
import { Reservoir } from './reservoir.ts';

function kept(
  count: number,
  limits = { samples: 8, bytes: 1000 },
  size = (_: number) => 1,
): readonly number[] {
  const reservoir = new Reservoir<number>(limits, (sample) => sample);
  for (let i = 0; i < count; i += 1) reservoir.offer(i, size(i));
  return reservoir.samples;
}

test('few samples are all kept, in their order; of many, a fixed number', () => {
  expect(kept(8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  for (const count of [9, 100, 5000]) expect(new Set(kept(count)).size).toBe(8);
  expect(kept(5000)).toEqual(kept(5000));
});

test('those that are kept come from everywhere, not from the beginning', () => {
  const parts = kept(8000, { samples: 400, bytes: 1000 }).map((i) => Math.floor(i / 1000));
  for (let part = 0; part < 8; part += 1) {
    const count = parts.filter((p) => p === part).length;
    // 50 are expected, with a deviation of less than 7.
    expect(Math.abs(count - 50)).toBeLessThan(28);
  }
});

test('bytes are bounded, also when samples grow, but one sample always has room', () => {
  const limits = { samples: 8, bytes: 100 };
  expect(kept(1000, limits, () => 30).length).toBe(3);
  expect(kept(1000, limits, (i) => (i < 500 ? 1 : 40)).length).toBe(2);
  expect(kept(5, limits, () => 500).length).toBe(1);
});

test('what is kept is a copy, made over one that goes', () => {
  const storage = new Set<number[]>();
  const reservoir = new Reservoir<number[]>({ samples: 4, bytes: 100 }, (sample, over = []) => {
    storage.add(over);
    over[0] = sample[0] ?? 0;
    return over;
  });
  const sample = [0];
  for (let i = 0; i < 1000; i += 1) {
    sample[0] = i;
    reservoir.offer(sample, 1);
  }
  expect(storage.size).toBe(4);
  expect(new Set(reservoir.samples.flat()).size).toBe(4);
});
