import { FieldsealError } from '../errors.ts';

/** What everything in this room that holds keys can be told. */
export interface TestOnly {
  /** Lets test keys into a process whose `NODE_ENV` is `production`. What they encrypt there is lost when the process ends. */
  readonly dangerouslyAllowProduction?: boolean;
}

/** Throws CONFIG_INVALID when `NODE_ENV` is `production`, unless the caller insists. */
export function refuseProduction(what: string, { dangerouslyAllowProduction = false }: TestOnly): void {
  if (process.env.NODE_ENV !== 'production' || dangerouslyAllowProduction) return;
  throw new FieldsealError(
    'CONFIG_INVALID',
    `${what} is for tests: its keys are gone when the process ends. NODE_ENV is "production"; use AWS KMS, or set dangerouslyAllowProduction`,
  );
}
