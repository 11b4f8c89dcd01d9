import { expect, test } from 'vitest';
import { changingForms } from './forms.ts';
import { outputsOf, type Row } from './row.ts';
import { layerRows } from './rows-layers.ts';
import { meaningRows } from './rows-meanings.ts';
import { numberRows } from './rows-numbers.ts';
import { shapeRows } from './rows-shapes.ts';

// Attributes became operands, defaults changed, axes were let go negative: each version of an operator is
// read as it is written, and says what its own opset says.

const rows: readonly Row[] = [...layerRows, ...meaningRows, ...numberRows, ...shapeRows];

test.each(rows.map((row) => [`${row.op} at opset ${row.opset}`, row] as const))('%s', (_, row) => {
  expect(outputsOf(row)).toEqual(
    row.want.map((values) => values.map((v) => (Number.isNaN(v) ? v : expect.closeTo(v, 6)))),
  );
});

test('every way in which an operator has been written since opset 7 has a row', () => {
  const forms = changingForms();
  expect(forms.length).toBeGreaterThan(120);
  const without = forms.filter(
    ({ op, from, to }) => !rows.some((row) => row.op === op && row.opset >= from && row.opset <= to),
  );
  expect(without.map(({ op, from }) => `${op}-${from}`)).toEqual([]);
});
