import { attributeActions, type BoundTable, encrypted, key, signed, table, unsigned } from 'fieldseal';
import { describe, expectTypeOf, test } from 'vitest';
import type { CheckedIndexes } from '../../src/schema/secondary-index.ts';
import type { TypeError_ } from '../../src/schema/storable.ts';

const users = table('users', {
  id: key.partition(),
  kind: key.sort(),
  tenantId: signed<string>({ context: true }),
  email: encrypted<string>(),
  tags: signed<string[]>(),
  size: signed<number>().optional(),
  any: signed(),
  seenAt: unsigned<number>(),
});

type Fields = (typeof users)['fields'];

describe('the indexes of a bound table', () => {
  test('are keyed by attributes that are stored in clear', () => {
    const bound = users.at('users-prod', {
      indexes: {
        byTenant: { partition: 'tenantId', sort: 'kind', project: 'ALL' },
        bySize: { partition: 'any', sort: 'size', project: ['email', 'seenAt', 'aws_dbe_head'], type: 'global' },
        bySeen: { partition: 'id', sort: 'seenAt', project: 'KEYS_ONLY', type: 'local' },
      },
    });
    expectTypeOf(bound).toEqualTypeOf<BoundTable<Fields>>();
    expectTypeOf<typeof users>().toExtend<import('fieldseal').Table>();
  });

  test('have readable mistakes', () => {
    users.at('users-prod', {
      indexes: {
        // @ts-expect-error encrypted
        byEmail: { partition: 'email', project: 'ALL' },
      },
    });
    users.at('users-prod', {
      indexes: {
        // @ts-expect-error encrypted
        byEmail: { partition: 'tenantId', sort: 'email', project: 'ALL' },
      },
    });
    users.at('users-prod', {
      indexes: {
        // @ts-expect-error misspelt
        byTenant: { partition: 'tenant', project: 'ALL' },
      },
    });
    users.at('users-prod', {
      indexes: {
        // @ts-expect-error a list
        byTags: { partition: 'tags', project: 'ALL' },
      },
    });
    users.at('users-prod', {
      indexes: {
        // @ts-expect-error another partition key
        byTenant: { partition: 'tenantId', sort: 'kind', project: 'ALL', type: 'local' },
      },
    });
    users.at('users-prod', {
      indexes: {
        // @ts-expect-error misspelt
        byTenant: { partition: 'tenantId', project: ['emial'] },
      },
    });
    users.at('users-prod', {
      indexes: {
        // @ts-expect-error no such projection
        byTenant: { partition: 'tenantId', project: 'SOME' },
      },
    });
    users.at('users-prod', {
      indexes: {
        // @ts-expect-error misspelt
        byTenant: { partition: 'tenantId', project: 'ALL', srot: 'kind' },
      },
    });
    users.at('users-prod', {
      indexes: {
        // @ts-expect-error what the index holds must be said
        byTenant: { partition: 'tenantId' },
      },
    });
    // @ts-expect-error no such option
    users.at('users-prod', { index: {} });
  });

  test('say why', () => {
    type Mistake<N extends string> = CheckedIndexes<Fields, { a: { partition: N; project: 'ALL' } }>['a']['partition'];
    expectTypeOf<Mistake<'email'>>().toEqualTypeOf<TypeError_<"'email' is encrypted: an index cannot compare it">>();
    expectTypeOf<Mistake<'tenant'>>().toEqualTypeOf<TypeError_<"the table does not declare 'tenant'">>();
    expectTypeOf<Mistake<'tags'>>().toEqualTypeOf<TypeError_<"'tags' is no index key: DynamoDB takes text, numbers and bytes">>();
  });

  test('of tables without known names take every name', () => {
    const actions = attributeActions({ logicalTableName: 't', partitionKeyName: 'id', attributeActionsOnEncrypt: { id: 'SIGN_ONLY' } });
    actions.at('t', { indexes: { byName: { partition: 'name', project: ['x'] } } });
  });
});
