import { attributeActions, encrypted, key, signed, table, unsigned } from 'fieldseal';
import { describe, expect, test } from 'vitest';

const users = table('users', {
  id: key.partition(),
  kind: key.sort(),
  tenantId: signed<string>(),
  email: encrypted<string>(),
  seenAt: unsigned<number>(),
});
const keyless = table('t', { id: key.partition(), at: signed<number>() });
const actions = attributeActions({
  logicalTableName: 't',
  partitionKeyName: 'id',
  attributeActionsOnEncrypt: { id: 'SIGN_ONLY', ssn: 'ENCRYPT_AND_SIGN' },
});
const anything = (value: unknown) => value as never; // what JavaScript callers may pass

describe('the indexes of a bound table', () => {
  test('are definitions by name, frozen', () => {
    const { indexes } = users.at('users-prod', {
      indexes: {
        byTenant: { partition: 'tenantId', sort: 'kind', project: ['email', 'aws_dbe_head', 'aws_dbe_foot'] },
        bySeen: { type: 'local', partition: 'id', sort: 'seenAt', project: 'ALL' },
      },
    });
    expect([...indexes.values()]).toEqual([
      { name: 'byTenant', type: 'global', partition: 'tenantId', sort: 'kind', project: ['email', 'aws_dbe_head', 'aws_dbe_foot'] },
      { name: 'bySeen', type: 'local', partition: 'id', sort: 'seenAt', project: 'ALL' },
    ]);
    const parts = [indexes, indexes.get('byTenant'), indexes.get('byTenant')?.project];
    for (const part of parts) expect(Object.isFrozen(part)).toBe(true);
    expect(() => (indexes as Map<string, unknown>).clear()).toThrow(/cannot be changed/); // TypeScript hides it, JavaScript does not
  });

  test('do not follow later changes of what was given', () => {
    const project = ['tenantId' as const];
    const { indexes } = users.at('users-prod', { indexes: { byTenant: { partition: 'tenantId', project } } });
    project.pop();
    expect(indexes.get('byTenant')?.project).toEqual(['tenantId']);
  });

  test('are none by default', () => {
    expect(users.at('users-prod').indexes.size).toBe(0);
    expect(users.at('users-prod', {}).indexes.size).toBe(0);
  });

  test('may have undeclared keys in a table of DB-ESDK, but no encrypted ones', () => {
    const { indexes } = actions.at('t', { indexes: { byName: { partition: 'name', project: ['x'] } } });
    expect(indexes.get('byName')?.partition).toBe('name');
    expect(() => actions.at('t', { indexes: { bySsn: { partition: 'ssn', project: 'ALL' } } })).toThrow(/"ssn" is encrypted/);
  });
});

describe('an index is refused', () => {
  const bind = (index: unknown, name = 'byX') => users.at('users-prod', anything({ indexes: { [name]: index } }));
  const good = { partition: 'tenantId', project: 'ALL' };
  test.each<[string, () => unknown, RegExp]>([
    ['with options that are no object', () => users.at('p', anything(null)), /options of \.at\(\) must be an object/],
    [
      'with an option that does not exist',
      () => users.at('p', anything({ index: {} })),
      /\.at\(\) has no option "index"; there is indexes/,
    ],
    ['in a list', () => users.at('p', anything({ indexes: [good] })), /indexes must be an object of index names and definitions/],
    ['with a name that DynamoDB refuses', () => bind(good, 'x'), /^table "users": index "x": the name must be 3 to 255/],
    ['that is no object', () => bind('tenantId'), /index "byX": give \{ partition, sort, project, type \}/],
    [
      'with unknown members',
      () => bind({ ...good, srot: 'kind' }),
      /index "byX": there is no "srot"; there are partition, sort, project, type/,
    ],
    ['of another type', () => bind({ ...good, type: 'GLOBAL' }), /type must be 'global' or 'local'/],
    ['without a partition', () => bind({ project: 'ALL' }), /partition must be the name of an attribute/],
    [
      'with an encrypted partition',
      () => bind({ ...good, partition: 'email' }),
      /partition: "email" is encrypted, and an index cannot compare it; choose an attribute that is signed or unsigned/,
    ],
    ['with an encrypted sort', () => bind({ ...good, sort: 'email' }), /sort: "email" is encrypted/],
    ['with an unknown key', () => bind({ ...good, sort: 'knid' }), /sort: the table does not declare "knid"; declare it in the schema/],
    ['with a key of the format', () => bind({ ...good, sort: 'aws_dbe_head' }), /does not declare "aws_dbe_head"/],
    ['with one attribute twice', () => bind({ ...good, sort: 'tenantId' }), /"tenantId" is both partition and sort/],
    [
      'local with another partition',
      () => bind({ ...good, sort: 'kind', type: 'local' }),
      /table's partition key; make it "id", or the index global/,
    ],
    ['local without a sort', () => bind({ partition: 'id', project: 'ALL', type: 'local' }), /a local index has a sort key; name one/],
    [
      'local on a table without a sort key',
      () => keyless.at('t', { indexes: { byAt: { partition: 'id', sort: 'at', project: 'ALL', type: 'local' } } }),
      /a table without a sort key has no local indexes/,
    ],
    ['without a projection', () => bind({ partition: 'tenantId' }), /project must be 'ALL', 'KEYS_ONLY' or a list of attribute names/],
    ['with an empty projection', () => bind({ ...good, project: [] }), /project must be/],
    ['with numbers in the projection', () => bind({ ...good, project: [1] }), /project must be/],
    [
      'with unknown names in the projection',
      () => bind({ ...good, project: ['emial', 'x'] }),
      /project: the table does not declare "emial", "x"/,
    ],
    ['with names twice in the projection', () => bind({ ...good, project: ['kind', 'kind'] }), /project names "kind" more than once/],
    ['with a key that objects inherit', () => bind({ ...good, partition: 'constructor' }), /does not declare "constructor"/],
    ['with __proto__ projected', () => bind({ ...good, project: ['__proto__'] }), /does not declare "__proto__"/],
    ['with an inherited member name', () => bind({ ...good, constructor: 1 }), /there is no "constructor"/],
  ])('%s', (_, define, message) => {
    expect(define).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) }));
  });

  test.each(['__proto__', 'constructor', 'toString'])('not for being named %s, nor for such keys', name => {
    const strange = table('t', { id: key.partition(), [name]: signed<string>() });
    const given = Object.fromEntries([[name, { partition: name, project: [name] }]]);
    const { indexes } = strange.at('t', anything({ indexes: given }));
    expect([...indexes.keys()]).toEqual([name]);
    expect(indexes.get(name)).toMatchObject({ partition: name, project: [name] });
  });
});
