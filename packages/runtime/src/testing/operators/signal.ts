import { dtypeCode, isFloat } from '@refold/ir';
import type { Site } from '../build/site.ts';
import { each, type Family, type Generator } from './generator.ts';

const outputType = (s: Site, parameter: string): number | undefined =>
  s.maybe(() => dtypeCode(s.dtype(s.data(s.typesOf(parameter).filter(isFloat)))));

const scalar = (s: Site, index: number, value: number) => s.known(s.dtype(s.types(index)), [], [value]);

const windowFunction: Generator = (s) =>
  void s.node([scalar(s, 0, s.choices.between(1, 8))], {
    periodic: s.flag(),
    output_datatype: outputType(s, 'T2'),
  });

const melWeights: Generator = (s) => {
  const high = s.choices.of([4000, 2000]);
  const edge = (index: number, value: number) =>
    s.known(s.dtype(s.data(s.types(index)).filter((d) => d !== 'float16' && d !== 'bfloat16')), [], [value]);
  const lower = edge(3, 0);
  const upper = s.known(lower.dtype, [], [high]);
  const inputs = [s.choices.between(2, 4), 32, 8192].map((v, i) => ({ v, i }));
  const dtype = s.dtype(s.types(0));
  s.node([...inputs.map(({ v }) => s.known(dtype, [], [v])), lower, upper], {
    output_datatype: outputType(s, 'T3'),
  });
};

const dft: Generator = (s) => {
  const inverse = s.flag();
  const onesided = s.flag();
  // A one-sided transform goes from real signals to complex ones, and back.
  const complex = onesided === 1 ? inverse === 1 : s.choices.flag();
  if (onesided === 1 && inverse === 1 && s.version < 20) return dftOf(s, false, undefined, 1);
  dftOf(s, complex, inverse, onesided);
};

function dftOf(s: Site, complex: boolean, inverse: number | undefined, onesided: number | undefined): void {
  const dims = [s.choices.between(1, 2), s.choices.between(2, 6), s.choices.between(2, 4), complex ? 2 : 1];
  const axis = s.choices.of([1, 2]);
  const x = s.like(s.dtype(s.data(s.types(0))), dims);
  const length = s.choices.rarely(3) ? scalar(s, 1, s.choices.between(2, 6)) : undefined;
  const given = s.version >= 20 ? s.known('int64', [], [axis]) : undefined;
  s.node([x, length, given], { inverse, onesided, axis });
}

const stft: Generator = (s) => {
  const dtype = s.dtype(s.data(s.types(0)));
  const frame = s.choices.between(2, 5);
  const x = s.like(dtype, [s.choices.between(1, 2), frame + s.choices.between(0, 6), 1]);
  const window = s.maybe(() => s.like(dtype, [frame]));
  const step = s.known(s.dtype(s.types(1)), [], [s.choices.between(1, 3)]);
  const length = window && s.choices.flag() ? undefined : s.known(step.dtype, [], [frame]);
  s.node([x, step, window, length], { onesided: s.flag() });
};

export const signalFamily: Family = {
  ...each('BlackmanWindow HammingWindow HannWindow', windowFunction),
  MelWeightMatrix: melWeights,
  DFT: dft,
  STFT: stft,
};
