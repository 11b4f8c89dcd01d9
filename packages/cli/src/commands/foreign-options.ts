import type { Foreign } from '../arguments/command.ts';
import { isBytes } from '../io/parse-values.ts';
import { everyPass, isPassWord } from '../io/pass-names.ts';

/** The options of onnxsim and OnnxSlim, so that scripts written for them work here or are told why not. */
export const foreignOptions: Foreign = {
  synonyms: [
    { name: '--input-shapes', means: '--input-shape' },
    { name: '--overwrite-input-shape', means: '--input-shape' },
    { name: '--target-opset', means: '--opset' },
    { name: '--skip-optimizations', means: '--skip' },
    { name: '--skip-fusion-patterns', means: '--skip' },
    { name: '--skip-optimization', means: '--skip', otherwise: { words: everyPass, fits: isPassWord } },
    { name: '--skip-optimizer', means: '--skip', otherwise: { words: everyPass, fits: isPassWord } },
    { name: '--skip-fuse-bn', means: '--skip', words: ['linear/conv-bn'] },
    { name: '--skip-constant-folding', means: '--skip', words: ['constants'] },
    { name: '--enable-optimization', means: '--also' },
    { name: '--model-check', means: '--check', words: ['1'] },
    { name: '--model-check-inputs', means: '--test-input-shape' },
    { name: '--size-threshold', means: '--fold-limit' },
    { name: '--no-large-tensor', means: '--fold-limit', otherwise: { words: ['1KB'], fits: isBytes } },
    { name: '--save-as-external-data', means: '--save-external' },
  ],
  ignored: [
    { name: '--skip-shape-inference', because: 'no effect: shapes are always inferred' },
    { name: '--no-shape-infer', because: 'no effect: shapes are always inferred' },
    { name: '--include-subgraph', because: 'no effect: subgraphs are always simplified' },
    { name: '--mutable-initializer', because: 'no effect: initializers that are inputs stay overridable' },
    { name: '--dynamic-input-shape', because: 'no effect: dynamic sizes stay dynamic' },
    { name: '--custom-lib', takesWord: true, because: 'no effect: custom operators are kept as they are' },
    { name: '--skip-schema-import', because: 'no effect: custom operators are kept as they are' },
    { name: '--enable-fuse-bn', because: 'no effect: this is the default' },
    { name: '--no-certify', because: 'no effect: this is the default' },
    { name: '--verbose', because: 'no effect: the report is always complete' },
  ],
  refused: [
    { matches: /^--dtype$/, sentence: 'use refold convert IN OUT --to float16' },
    { matches: /^--(providers|cuda)$/, sentence: 'refold folds constants with its own runtime' },
    { matches: /^--enable-onnxruntime-optimization$/, sentence: 'refold runs only its own passes' },
    { matches: /^--initializers-as-non-constants$/, sentence: 'choose passes with --only or --skip' },
    { matches: /^--input-(fill|data-path)$/, sentence: 'the check generates its own inputs; see --seed' },
    { matches: /^--(ort-|merge-ort-)?profile$/, sentence: 'the report says how long each pass took' },
    { matches: /^--node-reduction-plot$/, sentence: 'the report counts nodes before and after' },
    { matches: /^--graph-diff$/, sentence: 'use refold diff IN OUT' },
    { matches: /^--certify$/, sentence: 'use --check N' },
    { matches: /^--list-(default|other)-optimizers$/, sentence: 'use refold passes' },
    { matches: /^--inspect$/, sentence: 'use refold show IN' },
    { matches: /^--dump-to-disk$/, sentence: 'use refold show IN > FILE' },
    { matches: /^--emit-/, sentence: 'refold writes ONNX only (yet)' },
    {
      matches: /^--(weight-only|dynamic)-quantiz/,
      sentence: 'use refold quantize IN OUT --method NAME',
    },
    { matches: /quantiz|^--calibration-/, sentence: 'use refold quantize IN OUT --data PATH' },
  ],
};
