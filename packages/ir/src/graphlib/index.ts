export { type Flow, type GraphView, toGraphlib, type Vertex, vertexOf } from './to-graphlib.ts';
