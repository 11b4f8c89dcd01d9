import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';
import { mergeStatistics, parseStatistics, printStatistics } from './saved-statistics.ts';

const histograms = fc.array(fc.float(), { maxLength: 30 }).map((values) => Histogram.of(values));
const statistics = fc.record({
  samples: fc.nat(),
  values: fc.array(fc.tuple(fc.string(), histograms)).map((entries) => new Map(entries)),
});

test('what was printed is read as it was', () => {
  fc.assert(
    fc.property(statistics, (saved) => {
      const text = printStatistics(saved);
      expect(printStatistics(parseStatistics(text))).toBe(text);
    }),
  );
});

test('it does not matter in which order statistics are merged', () => {
  fc.assert(
    fc.property(statistics, statistics, (a, b) => {
      expect(printStatistics(mergeStatistics(a, b))).toBe(printStatistics(mergeStatistics(b, a)));
    }),
  );
});

test('a histogram that is read goes on as the one that was written', () => {
  const values = [0.5, -3, Number.NaN, Number.POSITIVE_INFINITY, 0];
  const read = parseStatistics(
    printStatistics({ samples: 1, values: new Map([['x', Histogram.of(values)]]) }),
  );
  const histogram = read.values.get('x');
  expect(histogram?.bins()).toEqual(Histogram.of(values).bins());
  histogram?.add([7]);
  expect(histogram?.toJSON()).toEqual(Histogram.of([...values, 7]).toJSON());
});

test.each([
  ['nothing', ''],
  ['other JSON', '{}'],
  ['another version', '{"format":"refold-statistics","version":9,"samples":1,"values":0}'],
  ['a file that was cut off', '{"format":"refold-statistics","version":1,"samples":1,"values":1}'],
  [
    'bins that are none',
    '{"format":"refold-statistics","version":1,"samples":1,"values":1}\n["x",{"min":0,"max":1,"nan":0,"counts":[[65536,1]]}]',
  ],
])('%s is refused', (_, text) => {
  expect(() => parseStatistics(text)).toThrow(
    expect.objectContaining({
      code: 'usage/data',
      message: expect.stringMatching(/^not usable statistics: /),
    }),
  );
});
