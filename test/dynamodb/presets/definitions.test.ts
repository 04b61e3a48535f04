// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of the libraries, not of JavaScript
import { item, list, map, string, Entity as ToolboxEntity, Table as ToolboxTable } from 'dynamodb-toolbox';
import { Entity as ElectroEntity } from 'electrodb';
import { encrypted, type Infer, type KeyOf, key, type Queryable, signed, singleTable, unsigned } from 'fieldseal';
import { electrodb, onetable, toolbox } from 'fieldseal/dynamodb';
import { describe, expect, expectTypeOf, it } from 'vitest';

const model = {
  model: { entity: 'user', version: '1', service: 'app' },
  attributes: { id: { type: 'string' }, email: { type: 'string', field: 'mail' }, team: { type: 'string' } },
  indexes: {
    byId: { pk: { field: 'pk', composite: ['id'] }, sk: { field: 'sk', composite: [] } },
    byTeam: { index: 'gsi1', pk: { field: 'gsi1pk', composite: ['team'] }, sk: { field: 'gsi1sk', composite: ['id'] } },
  },
} as const;
const fields = { id: signed<string>(), mail: encrypted<string>(), team: signed<string>() };

function refusal(define: () => unknown): string {
  try {
    define();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return `${error.code}: ${error.message}`;
  }
  return 'no refusal';
}

describe('electrodb()', () => {
  it('adds keys, index keys and identifiers, signed', () => {
    const app = electrodb('app', model, fields);
    const kinds = Object.fromEntries(
      Object.entries(app.fields).map(([name, { kind, settings }]) => [name, `${kind}${settings.optional ? '?' : ''}`]),
    );
    expect(kinds).toEqual({
      pk: 'partition',
      sk: 'sort',
      gsi1pk: 'signed?',
      gsi1sk: 'signed?',
      __edb_e__: 'signed',
      __edb_v__: 'signed',
      id: 'signed?',
      mail: 'encrypted?',
      team: 'signed?',
    });
    expectTypeOf<KeyOf<typeof app>>().toEqualTypeOf<{ pk: string; sk: string }>();
    expectTypeOf<Queryable<typeof app>>().toEqualTypeOf<'pk' | 'sk' | 'gsi1pk' | 'gsi1sk' | '__edb_e__' | '__edb_v__' | 'id' | 'team'>();
    expectTypeOf<Infer<typeof app>['mail']>().toEqualTypeOf<string | undefined>();
    expect(app.at('app-prod', { indexes: { gsi1: { partition: 'gsi1pk', sort: 'gsi1sk', project: 'ALL' } } }).indexes.size).toBe(1);
  });

  it('takes entities, and the identifiers that they have', () => {
    const entity = new ElectroEntity(
      {
        model: { entity: 'user', version: '1', service: 'app' },
        attributes: { id: { type: 'string' } },
        indexes: { byId: { pk: { field: 'pk', composite: ['id'] } } },
      },
      { identifiers: { entity: 'kind', version: 'v' } },
    );
    expect(Object.keys(electrodb('app', [entity], { id: signed<string>() }).fields).sort()).toEqual(['id', 'kind', 'pk', 'v']);
    const named = electrodb('app', model, fields, { identifiers: { entity: 'kind', version: 'v' } });
    expect([named.fields.kind.kind, Object.hasOwn(named.fields, '__edb_e__')]).toEqual(['signed', false]);
  });

  it.each([
    ['a partition key', { pk: { field: 'gsi2pk', composite: ['email'] } }, 'the partition key of "byEmail" (index "gsi2")'],
    [
      'a sort key',
      { pk: { field: 'gsi2pk', composite: ['team'] }, sk: { field: 'gsi2sk', composite: ['id', 'email'] } },
      'the sort key of "byEmail" (index "gsi2")',
    ],
    ['a template', { pk: { field: 'gsi2pk', composite: [], template: 'mail#${email}' } }, 'the partition key of "byEmail" (index "gsi2")'],
  ])('refuses an encrypted attribute in %s', (_, keys, where) => {
    const leaking = { ...model, indexes: { ...model.indexes, byEmail: { index: 'gsi2', ...keys } } };
    expect(refusal(() => electrodb('app', leaking, fields))).toBe(
      `SCHEMA_INVALID: table "app": entity "user" uses the encrypted "email" in ${where}, which would store it in clear; leave it out there, or use an attribute that holds a keyed hash of it`,
    );
    expect(electrodb('app', leaking, { ...fields, mail: signed<string>() }).fields.mail.kind).toBe('signed');
  });

  it('refuses a set function that reads an encrypted attribute, unless its own is encrypted too', () => {
    const domain = {
      type: 'string',
      watch: ['email'],
      set: (_?: string, user?: { email?: string }) => user?.email?.split('@')[1],
    } as const;
    const seen = { type: 'string', watch: '*', set: () => new Date().toISOString() } as const;
    const copying = { ...model, attributes: { ...model.attributes, domain, seen } };
    expect(refusal(() => electrodb('app', copying, { ...fields, domain: signed<string>(), seen: signed<string>() }))).toContain(
      'uses the encrypted "email" in the set function of "domain"',
    );
    expect(refusal(() => electrodb('app', copying, { ...fields, domain: encrypted<string>(), seen: signed<string>() }))).toBe('no refusal');
  });

  it('refuses attributes that nobody declared, and what cannot be a table', () => {
    expect(refusal(() => electrodb('app', model, { id: signed<string>(), team: signed<string>() }))).toBe(
      'SCHEMA_INVALID: table "app": entity "user" stores "mail"; declare each with encrypted(), signed() or unsigned()',
    );
    const named = { ...model, attributes: { ...model.attributes, constructor: { type: 'string' } } };
    expect(refusal(() => electrodb('app', named, fields))).toContain('stores "constructor"');
    const elsewhere = { ...model, indexes: { byId: { pk: { field: 'id', composite: ['id'] } } } };
    expect(refusal(() => electrodb('app', [model, elsewhere], fields))).toContain('do not agree on the fields of the table’s keys');
    expect(refusal(() => electrodb('app', { ...model, indexes: {} }, fields))).toContain('SCHEMA_INVALID');
    expect(refusal(() => electrodb('app', [], fields))).toContain('SCHEMA_INVALID');
    for (const stranger of [undefined, null, 'user', {}, { model: {} }]) {
      // @ts-expect-error: not a model
      expect(refusal(() => electrodb('app', stranger, fields))).toContain('SCHEMA_INVALID');
    }
    // @ts-expect-error: not annotations
    expect(refusal(() => electrodb('app', model, undefined))).toContain('SCHEMA_INVALID');
  });

  it('refuses bookkeeping under another action, and lets index keys and times be what fits', () => {
    expect(refusal(() => electrodb('app', model, { ...fields, gsi1pk: encrypted<string>() }))).toContain(
      '"gsi1pk" is a key of index "gsi1"',
    );
    expect(refusal(() => electrodb('app', model, { ...fields, __edb_e__: unsigned<string>() }))).toContain(
      'tells ElectroDB what an item is',
    );
    expect(refusal(() => electrodb('app', model, { ...fields, pk: encrypted<string>() }))).toContain('"pk" is the partition key');
    expect(electrodb('app', model, { ...fields, pk: key.partition<string>(), gsi1sk: unsigned<string>() }).fields.gsi1sk.kind).toBe(
      'unsigned',
    );
  });

  it('makes entities of a single table', () => {
    const task = {
      ...model,
      model: { ...model.model, entity: 'task' },
      attributes: { id: { type: 'string' }, team: { type: 'string' } },
    } as const;
    const app = singleTable({
      discriminator: '__edb_e__',
      entities: { user: electrodb('app', model, fields), task: electrodb('app', task, { id: signed<string>(), team: signed<string>() }) },
    });
    expect(app.entityOf({ pk: 'x', sk: 'y', __edb_e__: 'task' }).fields).not.toHaveProperty('mail');
  });
});

describe('toolbox()', () => {
  const table = new ToolboxTable({
    partitionKey: { name: 'pk', type: 'string' },
    sortKey: { name: 'sk', type: 'number' },
    indexes: { gsi1: { type: 'global', partitionKey: { name: 'gsi1pk', type: 'string' } } },
    entityAttributeSavedAs: 'kind',
  });
  const schema = item({ id: string().key(), email: string().savedAs('mail') });
  const computeKey = ({ id }: { id: string }) => ({ pk: id, sk: 1 });
  const declared = { id: signed<string>(), mail: encrypted<string>() };

  it('adds keys, index keys, the entity attribute and timestamps, signed', () => {
    const app = toolbox('app', new ToolboxEntity({ name: 'User', table, schema, computeKey }), declared);
    expect(Object.keys(app.fields).sort()).toEqual(['_ct', '_md', 'gsi1pk', 'id', 'kind', 'mail', 'pk', 'sk']);
    expectTypeOf<KeyOf<typeof app>>().toEqualTypeOf<{ pk: string; sk: number | bigint }>();
    expectTypeOf<Infer<typeof app>['kind']>().toEqualTypeOf<string>();
  });

  it('follows configured names', () => {
    const timestamps = { created: { name: 'made', savedAs: 'made_at', hidden: false }, modified: false } as const;
    const entity = new ToolboxEntity({ name: 'User', table, schema, computeKey, timestamps, entityAttribute: false });
    expect(Object.keys(toolbox('app', entity, declared).fields).sort()).toEqual(['gsi1pk', 'id', 'made_at', 'mail', 'pk', 'sk']);
  });

  it('refuses computeKey over an encrypted attribute', () => {
    const keyed = item({ email: string().key().savedAs('mail') });
    const entity = new ToolboxEntity({
      name: 'User',
      table,
      schema: keyed,
      computeKey: ({ email }: { email: string }) => ({ pk: email, sk: 1 }),
    });
    expect(refusal(() => toolbox('app', entity, { mail: encrypted<string>() }))).toContain(
      'entity "User" uses the encrypted "email" in computeKey, which would store it in clear',
    );
  });

  it('refuses links over an encrypted attribute, also inside maps and lists', () => {
    const top = schema.and(base => ({ gsi1pk: string().link<typeof base>(({ email }) => email.toLowerCase()) }));
    const nested = schema.and(base => ({ meta: list(map({ copy: string().link<typeof base>(({ email }) => email.slice(1)) })) }));
    expect(refusal(() => toolbox('app', new ToolboxEntity({ name: 'User', table, schema: top, computeKey }), declared))).toContain(
      'a link of "gsi1pk"',
    );
    const entity = new ToolboxEntity({ name: 'User', table, schema: nested, computeKey });
    expect(refusal(() => toolbox('app', entity, { ...declared, meta: signed<{ copy: string }[]>() }))).toContain('a link of "meta"');
    expect(refusal(() => toolbox('app', entity, { ...declared, meta: encrypted<{ copy: string }[]>() }))).toBe('no refusal');
  });

  it('refuses an encrypted attribute that is itself a key, other tables, and what is no entity', () => {
    const direct = new ToolboxTable({ partitionKey: { name: 'mail', type: 'string' } });
    const entity = new ToolboxEntity({ name: 'User', table: direct, schema: item({ email: string().key().savedAs('mail') }) });
    // @ts-expect-error: declared as a key and encrypted
    expect(refusal(() => toolbox('app', entity, { mail: encrypted<string>() }).fields.mail.nothing)).toContain(
      '"mail" is the partition key',
    );
    const one = new ToolboxEntity({ name: 'User', table, schema, computeKey });
    expect(refusal(() => toolbox('app', [one, entity], declared))).toContain('not of one table');
    // @ts-expect-error: no entity
    expect(refusal(() => toolbox('app', { entityName: 'x' }, declared))).toContain('SCHEMA_INVALID');
    expect(refusal(() => toolbox('app', [], declared))).toContain('SCHEMA_INVALID');
  });
});

describe('onetable()', () => {
  const User = {
    pk: { type: String, value: 'USER#${id}' },
    sk: { type: String, value: 'USER' },
    id: { type: String },
    email: { type: String, map: 'mail' },
  } as const;
  const schema = { indexes: { primary: { hash: 'pk', sort: 'sk' }, gs1: { hash: 'gs1pk', sort: 'gs1sk' } }, models: { User } } as const;
  const declared = { id: signed<string>(), mail: encrypted<string>() };
  const withField = (field: object) => ({ ...schema, models: { User: { ...User, extra: { type: String, ...field } } } });

  it('adds keys, index keys, the type field and timestamps, signed', () => {
    const app = onetable('app', { ...schema, params: { timestamps: true, typeField: 'kind', createdField: 'made' } } as const, declared);
    expect(Object.keys(app.fields).sort()).toEqual(['gs1pk', 'gs1sk', 'id', 'kind', 'made', 'mail', 'pk', 'sk', 'updated']);
    expectTypeOf<Queryable<typeof app>>().toEqualTypeOf<'pk' | 'sk' | 'gs1pk' | 'gs1sk' | 'kind' | 'made' | 'updated' | 'id'>();
    expect(Object.keys(onetable('app', schema, declared).fields).sort()).toEqual(['_type', 'gs1pk', 'gs1sk', 'id', 'mail', 'pk', 'sk']);
  });

  it.each(['mail#${email}', '${email:20:0}', '${email.host}', 'x${id}#${email}'])('refuses the value template %s', value => {
    expect(refusal(() => onetable('app', withField({ value }), { ...declared, extra: signed<string>() }))).toContain(
      'entity "User" uses the encrypted "email" in the value template of "extra", which would store it in clear',
    );
    expect(refusal(() => onetable('app', withField({ value }), { ...declared, extra: encrypted<string>() }))).toBe('no refusal');
  });

  it('refuses templates inside nested schemas', () => {
    const nested = {
      type: Object,
      schema: { deep: { type: Array, items: { type: Object, schema: { copy: { type: String, value: '${email}' } } } } },
    };
    expect(refusal(() => onetable('app', withField(nested), { ...declared, extra: signed<object>() }))).toContain(
      'the value template of "extra"',
    );
  });

  it('refuses what else copies an encrypted field: unique, encode, ttl, index keys', () => {
    const extra = { ...declared, extra: encrypted<string>() };
    expect(refusal(() => onetable('app', withField({ unique: true }), extra))).toContain(
      'the key of an item of its own, because it is unique',
    );
    expect(refusal(() => onetable('app', withField({ ttl: true }), extra))).toContain('expiry');
    expect(refusal(() => onetable('app', withField({ encode: ['sk', '#', 1] }), extra))).toContain('"sk", in which it is encoded');
    expect(refusal(() => onetable('app', withField({ map: 'gs1pk' }), { ...declared, gs1pk: encrypted<string>() }))).toContain(
      'a key of index "gs1"',
    );
    expect(refusal(() => onetable('app', withField({ map: 'mail.extra' }), declared))).toBe('no refusal');
  });

  it('refuses a template over a field that is encoded in an encrypted one', () => {
    const packed = (value: string) => ({
      ...schema,
      models: {
        User: { ...User, host: { type: String, encode: ['email', '@', 1] }, copy: { type: String, value } },
      },
    });
    const all = { ...declared, copy: signed<string>() };
    for (const value of ['h#${host}', '${host:20:0}'])
      expect(refusal(() => onetable('app', packed(value), all))).toContain(
        'entity "User" uses the encrypted "host" in the value template of "copy", which would store it in clear',
      );
    expect(refusal(() => onetable('app', packed('${host}'), { ...all, copy: encrypted<string>() }))).toBe('no refusal');
    expect(refusal(() => onetable('app', packed('${host}'), { ...all, mail: signed<string>() }))).toBe('no refusal');
  });

  it('refuses what is no schema', () => {
    for (const stranger of [undefined, {}, { indexes: {} }]) {
      // @ts-expect-error: no schema
      expect(refusal(() => onetable('app', stranger, declared))).toContain('SCHEMA_INVALID');
    }
  });
});
