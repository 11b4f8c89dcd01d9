import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KEYS, KeyCounts, raise, raiseLeading } from './key-counts.ts';

test('keys are counted as a map counts them, whatever was counted before', () => {
  // Some close together, some anywhere.
  const key = fc.oneof(fc.integer({ min: 300, max: 420 }), fc.nat(KEYS - 1));
  const batches = fc.array(fc.array(fc.tuple(key, fc.integer({ min: 1, max: 1e12 }))));
  fc.assert(
    fc.property(batches, (list) => {
      const counts = new KeyCounts();
      const wanted = new Map<number, number>();
      for (const batch of list) {
        for (const [k, n] of batch) {
          raise(k, n);
          wanted.set(k, (wanted.get(k) ?? 0) + n);
        }
        counts.take();
      }
      const found = Array.from({ length: counts.size }, (_, i) => [counts.keyAt(i), counts.countAt(i)]);
      expect(found).toEqual([...wanted].sort(([a], [b]) => a - b));
      for (const [k, n] of wanted) expect(counts.of(k)).toBe(n);
      expect(counts.of(421)).toBe(wanted.get(421) ?? 0);
    }),
  );
});

test('what was raised and taken back does not occur', () => {
  raiseLeading(Int32Array.of(0x3f800001, 0x3f80ffff, -1));
  raise(0xffff, -1);
  const counts = new KeyCounts();
  counts.take();
  expect([counts.size, counts.of(0x3f80), counts.of(0xffff)]).toEqual([1, 2, 0]);
});
