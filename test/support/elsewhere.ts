import { vi } from 'vitest';

/** The library as another process has it: a copy of its own, that shares no queue and no memory with this one. */
export async function elsewhere(): Promise<typeof import('fieldseal/dynamodb') & typeof import('fieldseal/kms')> {
  vi.resetModules();
  return { ...(await import('fieldseal/dynamodb')), ...(await import('fieldseal/kms')) };
}
