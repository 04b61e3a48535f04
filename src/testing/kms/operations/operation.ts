import type { KmsInput } from '../input.ts';
import type { KeyRegistry } from '../key-registry.ts';

/** Where an operation runs: the keys of the account, seen from the region of the request. */
export interface KmsScope {
  readonly keys: KeyRegistry;
  readonly region: string;
}

/** One operation of KMS. */
export interface KmsOperation {
  /**
   * The parameters it takes. Only what changes nothing takes `DryRun`: it is run, and its answer held back. Any other one is refused: a
   * fake that ignores what it does not know gives false comfort.
   */
  readonly accepts: readonly string[];
  /** The JSON of the answer. Throws KmsServiceError. */
  run(input: KmsInput, scope: KmsScope): Record<string, unknown>;
}

/** Parameters that are taken and without effect: everyone may do everything here. */
export const POLICY: readonly string[] = ['Policy', 'BypassPolicyLockoutSafetyCheck', 'Tags'];
