// Control-flow operators' names and parameters, for kernels, passes and patterns.
export { type IfView, ifElse } from './if.ts';
export { type LoopView, loop, loopBody, scalarShape } from './loop.ts';
export { elementType, mergeShapes, mergeTypes } from './merge-types.ts';
export { type ScanView, scan } from './scan.ts';
export { type SequenceMapView, sequenceMap } from './sequence-map.ts';
