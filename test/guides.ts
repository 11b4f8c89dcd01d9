import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { run } from '../packages/cli/src/cli.ts';

// What tests of guides need: a guide as text, its parts, and what comes of them.

export const root: string = fileURLToPath(new URL('../', import.meta.url));

export function readGuide(name: string): string {
  return readFileSync(join(root, 'docs', name), 'utf8');
}

/** The lines that a guide shows to be typed. */
export function commandsOf(guide: string): readonly string[] {
  return [...guide.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.trim().split('\n'));
}

/** The first code of a guide that has its output behind it, and that output. */
export function codeOf(guide: string): { readonly code: string; readonly output: string } {
  const [, code = '', output = ''] = /^```ts\n(.*?)^```\n\n```text\n(.*?)^```/ms.exec(guide) ?? [];
  return { code, output };
}

/** The files that a guide points to. */
export function linksOf(guide: string): readonly string[] {
  return [...guide.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path);
}

/** Runs a TypeScript file against the sources of this project; what it prints, and its complaints. */
export async function printed(folder: string, file: string): Promise<readonly [string, string]> {
  const outfile = join(folder, file.replace(/ts$/, 'mjs'));
  await build({
    entryPoints: [join(folder, file)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@refold/source'],
    nodePaths: [join(root, 'node_modules')],
    logLevel: 'silent',
  });
  const { stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' });
  return [stdout, stderr];
}

/** Types a command, without the name of the program: its exit status, and its complaints. */
export async function typed(argv: readonly string[]): Promise<readonly [number, string]> {
  let complaints = '';
  const terminal = { stdout: { write: () => {} }, stderr: { write: (text: string) => (complaints += text) } };
  return [await run(argv, terminal), complaints];
}
