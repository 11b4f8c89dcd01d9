import { each, type Family, type Generator } from './generator.ts';

/** Losses of scores [N, C, ...] against classes [N, ...]. */
const loss: Generator = (s) => {
  const dtype = s.dtype(s.data(s.types(0)));
  const [batch, classes] = [s.choices.between(1, 3), s.choices.between(1, 4)];
  const rest = s.sizes(s.choices.below(3));
  const scores = s.like(dtype, [batch, classes, ...rest]);
  const labels = s.fresh(s.dtype(s.types(1)), [batch, ...rest], { from: 0, to: classes - 1 });
  const weights = s.maybe(() => s.fresh(dtype, [classes], { from: 0.25, to: 1 }));
  const outputs = s.schema.outputs.length > 1 && s.choices.flag() ? 2 : 1;
  s.node(
    [scores, labels, weights],
    { reduction: s.maybe(() => s.choices.of(['mean', 'sum', 'none'])), ignore_index: s.maybe(() => 0) },
    outputs,
  );
};

export const lossFamily: Family = each('NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss', loss);
