import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { RefoldError } from '../errors.ts';
import { decodeModel } from '../onnx/decode-model.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { openModel } from './open-model.ts';

const folder = fileURLToPath(new URL('../../../../../shared/models/robust/', import.meta.url));
const missing = !existsSync(`${folder}expectations.json`);

interface Expectations {
  readonly files: Readonly<
    Record<string, { readonly expect: 'ok' | 'error' | 'either'; readonly why: string }>
  >;
}

function files(): readonly (readonly [string, string, string])[] {
  const { files } = JSON.parse(readFileSync(`${folder}expectations.json`, 'utf8')) as Expectations;
  return Object.entries(files).flatMap(([name, { expect: due, why }]) => {
    const path = `${folder}${name}.onnx`;
    return existsSync(path) ? [[path, due, why] as const] : [];
  });
}

test.skipIf(missing)(
  'hostile and odd files are read, or refused in one clean sentence (needs ../shared)',
  () => {
    const all = files();
    expect(all.length).toBeGreaterThan(300);
    for (const [path, due, why] of all) {
      let bytes: Uint8Array;
      try {
        bytes = encodeModel(openModel(path));
      } catch (error) {
        if (!(error instanceof RefoldError)) throw new Error(`${path} (${why}): ${error}`, { cause: error });
        expect(error.code, why).toMatch(/^(model|file)\//);
        expect(due, `${path} (${why}): ${error.message}`).not.toBe('ok');
        expect(error.message.length).toBeLessThan(300);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
        expect(error.message).not.toMatch(/[\u0000-\u001f\u007f]/);
        continue;
      }
      // What was written is a model, and the same one.
      expect(Buffer.compare(encodeModel(decodeModel(bytes)), bytes), why).toBe(0);
    }
  },
);
