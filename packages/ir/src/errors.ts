/** Where in a model something was found. Every part is optional; names are as written in the model. */
export interface Where {
  /** Path or label of the file. */
  readonly file?: string | undefined;
  /** Names of the graphs from the outermost one to the one meant. */
  readonly graph?: string | undefined;
  /** Name of the node, or of its first output when it has none. */
  readonly node?: string | undefined;
  /** Operator of the node, with its domain unless that is `ai.onnx`. */
  readonly op?: string | undefined;
  /** Name of the value. */
  readonly value?: string | undefined;
}

/**
 * Stable codes of everything that refold refuses or reports. The first part says whose fault it is and
 * decides the exit status of the command line: `check` 1, `usage` 2, `model` 3, `file` 4, `internal` 5.
 */
export type ErrorCode =
  | 'check/different'
  | 'usage/option'
  | 'usage/unknown-name'
  | 'usage/data'
  | 'usage/aborted'
  | 'model/wire'
  | 'model/invalid'
  | 'model/unsupported'
  | 'model/limit'
  | 'model/external-data'
  | 'model/syntax'
  | 'model/run'
  | 'file/read'
  | 'file/write'
  | 'internal/bug';

/** Base class of every error that refold throws on purpose. */
export class RefoldError extends Error {
  readonly code: ErrorCode;
  readonly where: Where;
  /** What the reader can do about it. */
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, where: Where = {}, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'RefoldError';
    this.code = code;
    this.where = where;
    this.hint = hint;
  }
}

/** Codes of errors about models. */
export type ModelErrorCode = Extract<ErrorCode, `model/${string}`>;

/** The model breaks a rule of ONNX, or uses something that refold does not know. */
export class ModelError extends RefoldError {
  declare readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, where: Where = {}, hint?: string, cause?: unknown) {
    super(code, message, where, hint, cause);
    this.name = 'ModelError';
  }
}

/** Something that refold itself promised does not hold. Never the fault of the caller. */
export class InternalError extends RefoldError {
  constructor(message: string, where: Where = {}, cause?: unknown) {
    super('internal/bug', message, where, undefined, cause);
    this.name = 'InternalError';
  }
}
