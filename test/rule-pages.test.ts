import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { rulePages } from '../scripts/rule-pages.ts';

const folder = fileURLToPath(new URL('../docs/rules/', import.meta.url));
const pages = rulePages();

if (process.env.REFOLD_UPDATE === '1') {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of pages) writeFileSync(join(folder, name), text);
}

test('docs/rules holds a page for each family of rules and no other (npm run update makes them)', () => {
  expect(existsSync(folder) ? readdirSync(folder).sort() : []).toEqual([...pages.keys()].sort());
});

test.each([...pages])('docs/rules/%s is as the rules are (npm run update mends it)', (name, text) => {
  const path = join(folder, name);
  expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(text);
});

test('every link of the list leads to a heading', () => {
  const list = pages.get('README.md') ?? '';
  const links = [...list.matchAll(/\]\(([\w-]+\.md)#([^)]+)\)/g)];
  expect(links.length).toBeGreaterThan(10);
  for (const [, page = '', anchor] of links) {
    const headings = [...(pages.get(page) ?? '').matchAll(/^## (.*)$/gm)].map(([, heading = '']) =>
      heading.replace(/[^\w -]/g, ''),
    );
    expect(headings).toContain(anchor);
  }
});
