import { GetItemCommand, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactGetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { DYNALITE } from '../support/suites/dynalite.ts';
import { FIVE, reading } from '../support/suites/reading.ts';
import { transactGetSuite } from '../support/suites/transact-get.ts';

transactGetSuite(DYNALITE);

describe('a transaction that was cancelled', () => {
  const at = reading(DYNALITE, 'cancelled');

  beforeAll(() => at().put(...FIVE));

  it('passes with its reasons, and items in them are opened, or taken off', async () => {
    const { TableName, database } = at();
    const Key = { tenant: { S: 't1' }, id: { S: 'm1' } };
    const { Item = {} } = await database.client.send(new GetItemCommand({ TableName, Key }));
    const Code = 'ConditionalCheckFailed';
    const cancelled = new TransactionCanceledException({
      message: 'cancelled',
      $metadata: {},
      CancellationReasons: [{ Code: 'None' }, { Code, Item }, { Code, Item: { ...Item, team: { S: 'forged' } } }],
    });
    const cancelling = at().tap(() => undefined);
    cancelling.middlewareStack.add(() => async () => Promise.reject(cancelled), { step: 'build' });
    const TransactItems = ['m0', 'm1', 'm2'].map(id => ({ Get: { TableName, Key: { tenant: 't1', id } } }));
    const failure = await at()
      .documents({}, cancelling)
      .send(new TransactGetCommand({ TransactItems }))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code, Item: { email: { S: 'm1@example.com' } } }, { Code }],
    });
    expect(failure).not.toHaveProperty('CancellationReasons.1.Item.aws_dbe_head');
    expect(failure).not.toHaveProperty('CancellationReasons.2.Item');
  });
});
