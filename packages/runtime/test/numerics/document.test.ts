import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const document = new URL('../../../../docs/numerics.md', import.meta.url);

test('every test that docs/numerics.md names is there', () => {
  const links = [
    ...readFileSync(document, 'utf8').matchAll(/\[([^\]]+)\]\((\.\.\/packages\/[^)]+\.test\.ts)\)/g),
  ];
  expect(links.length).toBeGreaterThan(40);
  const missing = links.filter(([, title = '', path = '']) => {
    const source = readFileSync(new URL(path, document), 'utf8');
    return !source.includes(`'${title}'`);
  });
  expect(missing.map(([link]) => link)).toEqual([]);
});
