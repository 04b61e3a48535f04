import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, type PutCommandInput, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { encryptedDocumentClient, explainCommand, ifUnchanged } from 'fieldseal/dynamodb';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { scripted } from '../support/scripted.ts';
import { DYNALITE } from '../support/suites/dynalite.ts';
import { ifUnchangedSuite } from '../support/suites/if-unchanged.ts';
import { FIVE, members, reading } from '../support/suites/reading.ts';

ifUnchangedSuite(DYNALITE);

describe('ifUnchanged', () => {
  const at = reading(DYNALITE, 'misused-locks');
  const Key = { tenant: 't1', id: 'm1' };
  const get = async (): Promise<object> => {
    await at().put(...FIVE);
    const { Item } = await at()
      .documents()
      .send(new GetCommand({ TableName: at().TableName, Key }));
    return Item ?? {};
  };
  const untyped = ifUnchanged as (...args: unknown[]) => unknown;
  const invalid = (what: RegExp): unknown => expect.objectContaining({ code: 'INPUT_INVALID', message: expect.stringMatching(what) });
  const thrownBy = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return error;
    }
  };

  it('refuses items that no client with encryption read', async () => {
    const input = { TableName: at().TableName, Key };
    const item = await get();
    const plain = (await at().plain.get({ TableName: at().TableName, Key })).Item;
    for (const strange of [{ ...item }, structuredClone(item), plain, {}, undefined, null, 'item', [item]])
      expect(thrownBy(() => untyped(strange, input))).toEqual(invalid(/very object/));
  });

  it('refuses what cannot have a condition, and a second lock', async () => {
    const item = await get();
    const { TableName } = at();
    for (const input of [{ Item: item }, { TableName }, { TableName, RequestItems: {} }, undefined, 'input', [{ TableName, Key }]])
      expect(thrownBy(() => untyped(item, input))).toEqual(invalid(/Put, Delete or Update/));
    expect(thrownBy(() => ifUnchanged(item, ifUnchanged(item, { TableName, Key })))).toEqual(invalid(/already/));
  });

  it('gives an input of the same type, and leaves the given one as it is', async () => {
    const item = await get();
    const input: PutCommandInput = Object.freeze({ TableName: at().TableName, Item: { ...FIVE[0] } });
    const before = structuredClone(input);
    expectTypeOf(ifUnchanged(item, input)).toEqualTypeOf<PutCommandInput>();
    expect(Object.keys(ifUnchanged(item, input))).toEqual(['TableName', 'Item', 'ConditionExpression']);
    expect(input).toEqual(before);
    // @ts-expect-error a batch has no conditions
    expect(thrownBy(() => ifUnchanged(item, { RequestItems: {} }))).toEqual(invalid(/batches/));
  });

  it('is not sent when other middleware takes the bound action away', async () => {
    const item = await get();
    const { TableName } = at();
    const { client, sent } = scripted(() => ({ body: {} }));
    client.middlewareStack.add(
      next => args =>
        next({ ...args, input: { ...args.input, TransactItems: (args.input as { TransactItems: object[] }).TransactItems.slice(1) } }),
      { step: 'initialize', priority: 'low' },
    );
    const db = encryptedDocumentClient(DynamoDBDocumentClient.from(client), { tables: [members.at(TableName)], keyring: at().keyring });
    const TransactItems = [
      { Delete: { TableName, Key: { ...Key, id: 'm2' } } },
      { Delete: ifUnchanged(item, { TableName, Key }) },
      { Delete: { TableName, Key: { ...Key, id: 'm3' } } },
    ];
    await expect(db.send(new TransactWriteCommand({ TransactItems }))).rejects.toMatchObject({ code: 'OPERATION_REFUSED' });
    expect(sent).toEqual([]);
  });

  it('is explained as what it is bound to', async () => {
    const db = encryptedDocumentClient(DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' })), {
      tables: [members.at(at().TableName)],
      keyring: at().keyring,
    });
    const command = new PutCommand(ifUnchanged(await get(), { TableName: at().TableName, Item: { ...FIVE[0] } }));
    expect(await explainCommand(db, command)).toMatchObject({ path: 'encrypted', requests: [{ operation: 'PutItem' }] });
  });
});
