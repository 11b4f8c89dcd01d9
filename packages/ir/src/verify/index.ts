export type { Finding, FindingCode } from './finding.ts';
export { assertValid, type VerifyOptions, verifyModel } from './verify.ts';
