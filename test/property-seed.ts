import fc from 'fast-check';

/*
 * Property tests draw the same cases in every run, so that what fails does so for a change and not by chance.
 * `REFOLD_PROPERTY_SEED=N npm test` draws others.
 */
const seed = Number(process.env.REFOLD_PROPERTY_SEED ?? 1);
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
