import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ModelError } from '../errors.ts';
import { decodeModel } from '../onnx/decode-model.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { verifyModel } from '../verify/verify.ts';
import { parseModel } from './parse.ts';
import { printModel } from './print.ts';

test('a model that was read as text is written to a file and comes back the same', () => {
  const text = printModel(
    parseModel(`<ir_version: 10, opset_import: ["" : 20, "com.example" : 1], producer_name: "me", model_version: 3, metadata_props: ["a": "b"]>
      g (float[N, 2] x, bool c, float[2] d = {1, 2}) => (float[N, 2] y) <float16[2] w = {15360, 1}, string[1] s = {"\\u{dc80}"}, float[N, ?] t> {
        t = Add (x, d)
        [n] y, "" = com.example.F <a = [1.5], b: strings = [], k = seq(float[N, 2]), r = [float, int64[]], u = int4[3] {1, -2, 3}> (t, , w)
        z = If (c) <then_branch = g1 () => (t) {}, else_branch = g2 () => (float p) { p = Neg (y) }>
      }
      <domain: "com.example", opset_import: ["" : 20], doc_string: "text">
      F <a, b: strings = ["q"], k, r, u> (p, q, v) => (o) { o = Elu <alpha: float = @a> (p) }`),
  );
  expect(printModel(decodeModel(encodeModel(parseModel(text))))).toBe(text);
});

const traps = new URL('../../../../../shared/models/traps/', import.meta.url);

test.skipIf(!existsSync(traps))(
  'files print as text that reads back to the same text, and hold what verify asks for (needs ../shared)',
  () => {
    const unsaid: string[] = [];
    for (const name of readdirSync(traps)) {
      if (!name.endsWith('.onnx')) continue;
      const model = decodeModel(readFileSync(new URL(name, traps)));
      expect([name, verifyModel(model)]).toEqual([name, []]);
      const text = printModel(model);
      try {
        expect([name, printModel(parseModel(text))]).toEqual([name, text]);
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        unsaid.push(name);
      }
    }
    expect(unsaid).toEqual([]);
  },
);
