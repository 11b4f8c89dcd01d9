import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { Folder, refold } from './helpers.ts';

// Hostile, broken and odd files, and what is due for each.
const source = fileURLToPath(new URL('../../../../shared/models/robust/', import.meta.url));
const table = `${source}expectations.json`;
type Due = 'error' | 'ok' | 'either';

function cases(): readonly (readonly [string, Due, string])[] {
  if (!existsSync(table)) return [];
  const { files } = JSON.parse(readFileSync(table, 'utf8')) as {
    readonly files: Readonly<Record<string, { readonly expect: Due; readonly why: string }>>;
  };
  return Object.entries(files).flatMap(([name, { expect: due, why }]) => {
    if (!existsSync(`${source}${name}.onnx`)) return [];
    // What this file tests is a link, which not every copy of the folder keeps.
    if (name === 'ext_symlink' && !lstatSync(`${source}ext_symlink.bin`).isSymbolicLink()) return [];
    return [[name, due, why] as const];
  });
}

const folder = new Folder();

test.skipIf(!existsSync(table))('there are hostile and odd files to read (needs ../shared)', () => {
  expect(cases().length).toBeGreaterThan(300);
});

test.each(cases())('%s: %s, for it is %s', async (name, due) => {
  const out = folder.at('out.onnx');
  const { status, out: printed, err } = await refold(`${source}${name}.onnx`, out);
  if (due !== 'either') expect(status === 0 ? 'ok' : 'error').toBe(due);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(printed + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
  if (status === 0) {
    expect(err).toBe('');
    decodeModel(readFileSync(out));
  } else {
    expect([3, 4]).toContain(status);
    expect(err).toMatch(/^refold: [^\n]{1,450}\n$/);
    expect(printed).toBe('');
    expect(readdirSync(folder.at(''))).toEqual([]);
  }
});
