import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { encrypted, key, table } from 'fieldseal';
import { encryptedClient } from 'fieldseal/dynamodb';
import { describe, expect, it } from 'vitest';
import { aesKeyring } from '../security/support.ts';
import { capturing } from '../support/capturing.ts';

const users = table('users', { id: key.partition<string>(), ssn: encrypted<string>() });
const put = () => new PutItemCommand({ TableName: 'users', Item: { id: { S: '1' }, ssn: { S: 'secret' } } });

describe('middleware stacks of a wrapped client', () => {
  it('keep what is added to them, and encrypt, when they are cloned', async () => {
    const { client, sent } = capturing();
    const wrapped = encryptedClient(client, { tables: [users.at('users')], keyring: aesKeyring() });
    const seen: string[] = [];
    wrapped.middlewareStack.add(next => async args => Promise.resolve(seen.push('mine')).then(() => next(args)), {
      step: 'initialize',
      name: 'mine',
    });
    const copy: DynamoDBClient = Object.assign(Object.create(DynamoDBClient.prototype), wrapped, {
      middlewareStack: wrapped.middlewareStack.clone().clone(),
    });
    await expect(copy.send(put())).rejects.toThrow('no network here');
    expect(seen).toEqual(['mine']);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain('aws_dbe_head');
    expect(sent[0]).not.toContain('secret');
  });

  it('cannot be freed of the hooks', async () => {
    const { client, sent } = capturing();
    const wrapped = encryptedClient(client, { tables: [users.at('users')], keyring: aesKeyring() });
    for (const name of ['fieldsealCall', 'fieldsealEncrypt', 'fieldsealDecrypt']) wrapped.middlewareStack.remove(name);
    await expect(wrapped.send(put())).rejects.toThrow('no network here');
    expect(sent[0]).not.toContain('secret');
  });

  it('encrypt one command as often as it is sent, each time anew', async () => {
    const { client, sent } = capturing();
    const wrapped = encryptedClient(client, { tables: [users.at('users')], keyring: aesKeyring() });
    const command = put();
    for (let i = 0; i < 2; i++) await expect(wrapped.send(command)).rejects.toThrow('no network here');
    expect(sent).toHaveLength(2);
    expect(sent[0]).not.toBe(sent[1]);
    expect(command.input.Item).toEqual({ id: { S: '1' }, ssn: { S: 'secret' } });
  });
});
