import { encrypted, key, table } from 'fieldseal';
import { assertEncrypted, assertNoPlaintext, type FieldsealMatchers, fieldsealMatchers } from 'fieldseal/testing';
import { expect, expectTypeOf, test } from 'vitest';

const users = table('users', { id: key.partition(), ssn: encrypted<string>() });
const item: unknown = {};

test('expect.extend takes the matchers, and expect has them', () => {
  expect.extend(fieldsealMatchers);
  expect(item).toBeEncrypted();
  expect(item).toBeEncrypted({ attributes: ['ssn'], table: users });
  expect(item).not.toBeEncryptedUnder('tenant-a');
  expect(item).toContainNoPlaintext('078-05-1120', 123456, 123456n, new Uint8Array(4));
  expect([item]).toEqual([expect.toBeEncrypted()]);
  // @ts-expect-error attributes are a list
  expect(item).toBeEncrypted({ attributes: 'ssn' });
  // @ts-expect-error a key id is needed
  expect(item).toBeEncryptedUnder();
  // @ts-expect-error markers are texts, numbers and bytes
  expect(item).toContainNoPlaintext({ ssn: '078-05-1120' });
});

test('the matchers give what the framework says', () => {
  expectTypeOf<FieldsealMatchers<void>['toBeEncrypted']>().returns.toEqualTypeOf<void>();
  expectTypeOf<FieldsealMatchers<Promise<void>>['toContainNoPlaintext']>().returns.toEqualTypeOf<Promise<void>>();
});

test('assertions', () => {
  assertEncrypted(item, { attributes: ['ssn'], branchKeyId: 'tenant-a', keyIds: ['arn'], table: users });
  assertNoPlaintext(item, '078-05-1120');
  // @ts-expect-error key ids are a list
  assertEncrypted(item, { keyIds: 'arn' });
});
