import type { PassOptions } from './pass.ts';

/** Default of every option of passes. */
export const defaultPassOptions: PassOptions = { exactness: 'reassociate' };

/** Options of `runPasses`. */
export interface RunOptions extends Partial<PassOptions> {
  /** Whether the types of the model are inferred already. */
  readonly inferred?: boolean;
  /**
   * Whether to count every reason why a rule left a place alone. When absent, rules that make what the opset does
   * not have are not looked for at all.
   */
  readonly reasons?: boolean;
  /** Rounds over all passes after which to stop, settled or not. @default 12 */
  readonly maxRounds?: number;
  /** Called after each pass that changed something, for instance to verify the model. Throwing rolls the pass back. */
  readonly check?: ((pass: string) => void) | undefined;
  /** Called often; may throw to abort the run (what is finished stays). */
  readonly tick?: (() => void) | undefined;
  /** Called when a pass starts. */
  readonly onPass?: ((pass: string, round: number) => void) | undefined;
}
