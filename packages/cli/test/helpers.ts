import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeModel, parseModel } from '@refold/ir';
import { afterEach, beforeEach } from 'vitest';
import { run } from '../src/cli.ts';

/** The bytes of a model in ONNX's textual syntax, without its header. */
export function bytesOf(graph: string, opset = 17): Uint8Array {
  return encodeModel(parseModel(`<ir_version: 8, opset_import: ["" : ${opset}]> ${graph}`));
}

/** One that can be made smaller: a node that does nothing, a constant sum, and a node that nobody reads. */
export const wasteful = `main (float[N, 2] x) => (float[N, 2] y)
  <float[2] a = {1, 2}, float[2] b = {3, 4}>
  { c = Add (a, b)  same = Identity (x)  unread = Exp (x)  y = Mul (same, c) }`;

/** What a command line answers. */
export interface Answer {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process. */
export async function refold(...argv: readonly string[]): Promise<Answer> {
  let out = '';
  let err = '';
  const status = await run(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
  });
  return { status, out, err };
}

/** A folder of its own for each test of a file. */
export class Folder {
  private path = '';

  constructor() {
    beforeEach(() => {
      this.path = mkdtempSync(join(tmpdir(), 'refold-cli-'));
    });
    afterEach(() => rmSync(this.path, { recursive: true, force: true }));
  }

  at(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file and answers its path. */
  with(name: string, content: Uint8Array | string): string {
    writeFileSync(this.at(name), content);
    return this.at(name);
  }
}
