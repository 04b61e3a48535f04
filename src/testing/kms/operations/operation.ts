import type { KmsInput } from '../input.ts';
import type { KeyRegistry } from '../key-registry.ts';

/** Where an operation runs: the keys of the account, seen from the region of the request. */
export interface KmsScope {
  readonly keys: KeyRegistry;
  readonly region: string;
}

/** One operation of KMS. */
export interface KmsOperation {
  /** The parameters it takes. Any other one is refused: a fake that ignores what it does not know gives false comfort. */
  readonly accepts: readonly string[];
  /** The JSON of the answer. Throws KmsServiceError. */
  run(input: KmsInput, scope: KmsScope): Record<string, unknown>;
}
