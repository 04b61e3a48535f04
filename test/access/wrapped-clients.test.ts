import { DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, sensitive, table } from 'fieldseal';
import { encryptedDocumentClient } from 'fieldseal/dynamodb';
import { describe, expect, test } from 'vitest';
import { hold } from '../../src/access/holders/masked.ts';
import { holdPseudonym } from '../../src/access/holders/pseudonym.ts';
import { viewOf } from '../../src/access/view/view-of.ts';
import { aesKeyring, codeOf } from '../security/support.ts';
import { scripted } from '../support/scripted.ts';
import { ann, decided, policy } from './fixtures.ts';

const notes = table('notes', { id: key.partition(), ssn: encrypted(), meta: encrypted().optional() });
const view = viewOf(decided(policy, { sub: 'ann' }), ann);

describe.each([false, true])('with convertClassInstanceToMap %s', convertClassInstanceToMap => {
  const { client, sent } = scripted(() => ({ body: {} }));
  const documents = encryptedDocumentClient(DynamoDBDocumentClient.from(client, { marshallOptions: { convertClassInstanceToMap } }), {
    tables: [notes.at('notes')],
    keyring: aesKeyring(),
  });
  const put = (item: object) => codeOf(() => documents.send(new PutCommand({ TableName: 'notes', Item: { id: 'n', ssn: 'x', ...item } })));
  const update = (value: unknown) =>
    codeOf(() =>
      documents.send(
        new UpdateCommand({
          TableName: 'notes',
          Key: { id: 'n' },
          UpdateExpression: 'SET meta = :v',
          ExpressionAttributeValues: { ':v': value },
        }),
      ),
    );

  test('a put of what stands for a value is not sent', async () => {
    expect(await put({ ssn: hold('****') })).toBe('VALIDATION_FAILED');
    expect(await put({ meta: [hold('****')] })).toBe('VALIDATION_FAILED');
    expect(await put({ meta: { view } })).toBe('VALIDATION_FAILED');
    expect(sent).toEqual([]);
  });

  test('nor is an update', async () => {
    const code = convertClassInstanceToMap ? 'VALIDATION_FAILED' : 'ATTRIBUTE_INVALID'; // the marshaller says so first
    for (const holder of [hold('****'), holdPseudonym('k1.x'), sensitive('x')]) {
      expect(await update(holder)).toBe(code);
      expect(await update({ list: [holder] })).toBe(code);
    }
    expect(sent).toEqual([]);
  });
});
