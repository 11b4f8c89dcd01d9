import fc from 'fast-check';

// What a property test draws must not change from run to run: a failure then belongs to the change that is tested.
fc.configureGlobal({ seed: Number(process.env.REFOLD_PROPERTY_SEED ?? 1) });

export * from 'fast-check';
export { default } from 'fast-check';
