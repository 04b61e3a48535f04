import { FieldsealError } from '../errors.ts';

/** What everything in this room that holds keys can be told. */
export interface TestOnly {
  /** Lets it into a process whose `NODE_ENV` is `production`. What test keys encrypt there is lost when the process ends. */
  readonly dangerouslyAllowProduction?: boolean;
}

const KEYS_ARE_LOST = 'its keys are gone when the process ends; use AWS KMS';

/**
 * Throws CONFIG_INVALID when `NODE_ENV` is `production`, unless the caller insists. `why` says what would be wrong with it, and what to do
 * instead.
 */
export function refuseProduction(what: string, { dangerouslyAllowProduction = false }: TestOnly, why: string = KEYS_ARE_LOST): void {
  if (process.env.NODE_ENV !== 'production' || dangerouslyAllowProduction) return;
  throw new FieldsealError(
    'CONFIG_INVALID',
    `${what} is for tests: ${why}. NODE_ENV is "production"; set dangerouslyAllowProduction if you mean it`,
  );
}
