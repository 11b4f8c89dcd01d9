import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Interval, liveBytes, livenessBound, placeIntervals } from './arena.ts';

const interval: fc.Arbitrary<Interval> = fc
  .tuple(fc.nat(5000), fc.nat(40), fc.nat(8))
  .map(([bytes, from, length]) => ({ bytes, from, to: from + length }));

test('intervals that overlap in time never overlap in bytes', () => {
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 40 }), (intervals) => {
      const { offsets, bytes } = placeIntervals(intervals);
      intervals.forEach((a, i) => {
        expect((offsets[i] ?? 0) % 64).toBe(0);
        expect((offsets[i] ?? 0) + a.bytes).toBeLessThanOrEqual(Math.max(bytes, a.bytes));
        intervals.slice(0, i).forEach((b, j) => {
          if (a.from > b.to || b.from > a.to || a.bytes * b.bytes === 0) return;
          const [x, y] = [offsets[i] ?? 0, offsets[j] ?? 0];
          expect(x + a.bytes <= y || y + b.bytes <= x).toBe(true);
        });
      });
    }),
  );
});

test('an arena takes no less than the bound and no more than everything', () => {
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 40 }), (intervals) => {
      const { bytes } = placeIntervals(intervals);
      expect(bytes).toBeGreaterThanOrEqual(livenessBound(intervals));
      expect(bytes).toBeLessThanOrEqual(intervals.reduce((sum, i) => sum + Math.ceil(i.bytes / 64) * 64, 0));
    }),
  );
});

test('what is in use at each step is the sum of what lives there', () => {
  const intervals = [
    { bytes: 10, from: 0, to: 1 },
    { bytes: 5, from: 1, to: 2 },
    { bytes: 7, from: 3, to: 3 },
  ];
  expect(liveBytes(intervals, 4)).toEqual([10, 15, 5, 7]);
  expect(livenessBound(intervals)).toBe(15);
});

test('the largest is placed first, so that small ones fill the gaps', () => {
  const intervals = [
    { bytes: 64, from: 0, to: 5 },
    { bytes: 640, from: 0, to: 1 },
    { bytes: 640, from: 2, to: 5 },
  ];
  expect(placeIntervals(intervals)).toEqual({ offsets: [640, 0, 0], bytes: 704 });
});

test('another order is taken where the largest first leaves gaps', () => {
  const intervals = [
    { bytes: 256, from: 3, to: 3 },
    { bytes: 128, from: 0, to: 2 },
    { bytes: 192, from: 1, to: 2 },
    { bytes: 128, from: 0, to: 1 },
    { bytes: 192, from: 2, to: 4 },
  ];
  expect(livenessBound(intervals)).toBe(512);
  expect(placeIntervals(intervals).bytes).toBe(512);
});
