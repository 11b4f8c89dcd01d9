export * from './manager/pass.ts';
export {
  defaultPassOptions,
  type PassReport,
  type RunOptions,
  type RunReport,
  runPasses,
} from './manager/run.ts';
export { allPasses, defaultPasses } from './pipelines.ts';
