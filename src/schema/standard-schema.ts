import type { StandardSchemaV1 } from '@standard-schema/spec';

/** True for a validator of the Standard Schema, version 1: zod, valibot, arktype and others. */
export function isStandardSchema(value: unknown): value is StandardSchemaV1 {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard = '~standard' in value ? value['~standard'] : undefined;
  return typeof standard === 'object' && standard !== null && 'validate' in standard && typeof standard.validate === 'function';
}
