export { attributeKey, type GraphKey } from './attribute-key.ts';
export { captures, nodeCaptures } from './captures.ts';
export { type Congruence, congruence } from './congruence.ts';
export { isDeterministic } from './deterministic.ts';
export { liveNodes } from './live.ts';
export { dependsOn, topologicalOrder, valuesRead } from './order.ts';
export { sameConstant } from './same-constant.ts';
export { sameTensor, tensorForm, tensorKey } from './tensor-key.ts';
