import { hasElements } from '../build/site.ts';
import type { Family, Generator } from './generator.ts';
import { image } from './linear.ts';

const batchNormalization: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [2, 4], fits: hasElements });
  const channels = x.dims[1] ?? 1;
  const other = (index: number) =>
    s.version < 14
      ? x.dtype
      : s.version < 15
        ? x.dtype
        : s.choices.of([x.dtype, ...s.data(s.types(index)).slice(0, 1)]);
  const [scaleType, meanType] = [other(1), other(3)];
  const parameters = [
    s.like(scaleType, [channels]),
    s.like(scaleType, [channels]),
    s.like(meanType, [channels]),
    s.fresh(meanType, [channels], { from: 0.25, to: 4 }),
  ];
  s.node([x, ...parameters], { epsilon: s.float(0.001, 0.1) });
};

const instanceNormalization: Generator = (s) => {
  const x = image(s);
  const channels = x.dims[1] ?? 1;
  s.node([x, s.like(x.dtype, [channels]), s.like(x.dtype, [channels])], { epsilon: s.float(0.001, 0.1) });
};

const layerNormalization: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 4], fits: hasElements });
  const axis = s.axis(x.dims.length);
  const at = axis < 0 ? axis + x.dims.length : axis;
  const dims = x.dims.slice(at);
  const scaleType =
    s.schema.inputs[1]?.type === 'V' ? s.choices.of([x.dtype, s.dtype(s.data(s.types(1)))]) : x.dtype;
  const inputs = [x, s.like(scaleType, dims)];
  if (s.schema.inputs.length > 2 && s.choices.flag()) inputs.push(s.like(x.dtype, dims));
  const outputs = s.schema.outputs.length > 1 ? s.choices.of([1, 1, 3]) : 1;
  s.node(inputs, { axis, epsilon: s.float(0.001, 0.1) }, outputs);
};

const groupNormalization: Generator = (s) => {
  const x = image(s);
  const channels = x.dims[1] ?? 1;
  const groups = s.choices.of([1, channels, 2].filter((g) => channels % g === 0));
  const count = s.version < 21 ? groups : channels;
  s.node([x, s.like(x.dtype, [count]), s.like(x.dtype, [count])], {
    num_groups: groups,
    epsilon: s.float(0.001, 0.1),
  });
};

const lrn: Generator = (s) => {
  const x = image(s);
  s.node([x], {
    size: s.choices.of([1, 3, 5]),
    alpha: s.float(0.0001, 0.5),
    beta: s.float(0.25, 1),
    bias: s.float(1, 2),
  });
};

export const normalizationFamily: Family = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  LRN: lrn,
};
