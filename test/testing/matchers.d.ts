import type { FieldsealMatchers } from 'fieldseal/testing';

declare module 'vitest' {
  interface Matchers<T> extends FieldsealMatchers<T> {}
}
