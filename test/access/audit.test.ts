import { describe, expect, test } from 'vitest';
import { tellAllowed, tellDenied } from '../../src/access/audit.ts';
import { denied } from '../../src/access/denied.ts';
import { hearing } from '../diagnostics/support.ts';
import { decided, policy, users } from './fixtures.ts';

describe('the audit is told', () => {
  test('of a read: role and names, and no value', () => {
    using listener = hearing();
    tellAllowed(decided(policy, { sub: 'ann' }), { actorId: 'u-17', purpose: 'care' });
    expect(listener.heard['fieldseal:audit']).toEqual([
      {
        action: 'read-allowed',
        time: expect.any(Number),
        table: 'users',
        actor: 'u-17',
        purpose: 'care',
        role: 'owner',
        fields: ['email', 'ssn', 'age', 'born'],
      },
    ]);
  });

  test('of a denial: why', () => {
    using listener = hearing();
    tellDenied(users, 'no-role', {});
    expect(listener.heard['fieldseal:audit']).toEqual([
      { action: 'read-denied', time: expect.any(Number), table: 'users', reason: 'no-role' },
    ]);
  });
});

test('who is denied learns nothing', () => {
  const error = denied();
  expect(error).toMatchObject({ code: 'ACCESS_DENIED', retryable: false, attributes: [], docs: 'docs/errors.md#access_denied' });
  expect(error.message).toBe(denied().message);
});
