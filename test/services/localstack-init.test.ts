import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CreateTableCommand, DeleteTableCommand, DescribeTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { KMSClient, ListAliasesCommand } from '@aws-sdk/client-kms';
import {
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  GetEventSourceMappingCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { encrypted, key, signed, table } from 'fieldseal';
import { encryptedDocumentClient } from 'fieldseal/dynamodb';
import { kms, mrk } from 'fieldseal/kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setUp } from '../../localstack/init.mjs';
import { fieldseal } from '../cli/program.ts';
import { SERVERS } from '../support/servers.ts';

const PROGRAM = fileURLToPath(new URL('../../localstack/init.mjs', import.meta.url));
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const run = promisify(execFile);

const { ministack, 'DynamoDB Local': dynamoDbLocal } = SERVERS;
const localStack = process.env.FIELDSEAL_LOCALSTACK_URL;

setUpOn('ministack', ministack);
setUpOn('DynamoDB Local, with the KMS of ministack', dynamoDbLocal && ministack, dynamoDbLocal);
if (localStack !== undefined) setUpOn('LocalStack', localStack);

function setUpOn(where: string, endpoint: string | undefined, dynamoDbEndpoint = endpoint): void {
  const title = `set-up for local work on ${where}`;
  if (endpoint === undefined || dynamoDbEndpoint === undefined)
    describe(title, () => it.skip('skipped: start it with npm run test:services', () => undefined));
  else suite(title, endpoint, dynamoDbEndpoint);
}

function suite(title: string, endpoint: string, dynamoDbEndpoint: string): void {
  describe(title, () => {
    const prefix = `t${randomUUID().slice(0, 8)}-`;
    const options = { endpoint, dynamoDbEndpoint, prefix, skip: ['lambda'] };
    const dynamoDb = new DynamoDBClient({ endpoint: dynamoDbEndpoint, region: 'us-east-1', credentials });
    const documents = DynamoDBDocumentClient.from(dynamoDb);
    const kmsIn = (region: string) => new KMSClient({ endpoint, region, credentials });
    const users = table('users', { id: key.partition(), ssn: encrypted<string>(), tier: signed<string>() });
    let made: Awaited<ReturnType<typeof setUp>>;

    beforeAll(async () => {
      made = await setUp(options);
    }, 120_000);
    afterAll(async () => {
      const { TableNames = [] } = await dynamoDb.send(new ListTablesCommand({}));
      for (const TableName of TableNames.filter(name => name.startsWith(prefix)))
        await dynamoDb.send(new DeleteTableCommand({ TableName }));
      dynamoDb.destroy();
    });

    it('makes all of it, and a second time nothing', async () => {
      expect(made).toMatchObject({
        changed: true,
        key: { name: `alias/${prefix}fieldseal`, status: 'created' },
        multiRegionKey: { id: expect.stringMatching(/^mrk-[0-9a-f]{32}$/), status: 'created' },
        replicaKey: { id: made.multiRegionKey.id, status: 'created' },
        keyStoreTable: { name: `${prefix}fieldseal-keys`, status: 'created' },
        usersTable: { name: `${prefix}users-local`, streamArn: expect.stringContaining('/stream/'), status: 'created' },
      });
      expect(made.multiRegionKey.arn).toContain(':us-east-1:');
      expect(made.replicaKey.arn).toBe(made.multiRegionKey.arn.replace(':us-east-1:', ':eu-west-1:'));
      const again = await setUp(options);
      const found = JSON.parse(JSON.stringify(made).replaceAll('"created"', '"found"'));
      expect(again).toEqual({ ...found, changed: false });
    });

    it('as a program gives one JSON object, or a table that says that nothing changed', async () => {
      const args = [PROGRAM, '--endpoint', endpoint, '--dynamodb-endpoint', dynamoDbEndpoint, '--prefix', prefix, '--skip', 'lambda'];
      const { stdout: json } = await run(process.execPath, [...args, '--json']);
      expect(JSON.parse(json)).toEqual(await setUp(options));
      const { stdout } = await run(process.execPath, args);
      expect(stdout.split('\n')[1]).toMatch(new RegExp(`^KMS key +found +alias/${prefix}fieldseal +us-east-1 +${made.key.arn}$`));
      expect(stdout).toMatch(/\nNothing changed: all of it was there\.\n$/);
    });

    it('gives the aliases, the schema of a key store and a stream', async () => {
      const { Aliases = [] } = await kmsIn('us-east-1').send(new ListAliasesCommand({ KeyId: made.key.arn }));
      expect(Aliases.map(({ AliasName }) => AliasName)).toEqual([`alias/${prefix}fieldseal`]);
      const described = (TableName: string) => dynamoDb.send(new DescribeTableCommand({ TableName }));
      const { Table: keyStore } = await described(made.keyStoreTable.name);
      expect(keyStore).toMatchObject({
        KeySchema: [
          { AttributeName: 'branch-key-id', KeyType: 'HASH' },
          { AttributeName: 'type', KeyType: 'RANGE' },
        ],
        BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      });
      const { Table: usersTable } = await described(made.usersTable.name);
      expect(usersTable?.StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' });
    });

    it('keeps an encrypted item under its key', async () => {
      const TableName = made.usersTable.name;
      const keyring = kms({ kmsKeyId: made.key.arn, kmsClient: kmsIn('us-east-1') });
      const db = encryptedDocumentClient(documents, { tables: [users.at(TableName)], keyring });
      const Item = { id: 'u-1', ssn: '123-45-6789', tier: 'silver' };
      await db.send(new PutCommand({ TableName, Item }));
      const { Item: stored } = await documents.send(new GetCommand({ TableName, Key: { id: 'u-1' } }));
      expect(stored).toMatchObject({ id: 'u-1', ssn: expect.any(Uint8Array), tier: 'silver' });
      expect((await db.send(new GetCommand({ TableName, Key: { id: 'u-1' } }))).Item).toEqual(Item);
    });

    it('opens in the region of the replica what was written under the multi-region key', async () => {
      const TableName = made.usersTable.name;
      const clientOf = (arn: string, region: string) =>
        encryptedDocumentClient(documents, {
          tables: [users.at(TableName)],
          keyring: mrk({ kmsKeyId: arn, kmsClient: kmsIn(region) }),
        });
      const Item = { id: 'u-2', ssn: '987-65-4321', tier: 'gold' };
      await clientOf(made.multiRegionKey.arn, 'us-east-1').send(new PutCommand({ TableName, Item }));
      const reader = clientOf(made.replicaKey.arn, 'eu-west-1');
      expect((await reader.send(new GetCommand({ TableName, Key: { id: 'u-2' } }))).Item).toEqual(Item);
    });

    it('serves the command line', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'fieldseal-localstack-'));
      const config = join(folder, 'users.json');
      const keyring = { type: 'aws-kms', kmsKeyId: made.key.arn, endpoint };
      const attributeActionsOnEncrypt = { id: 'SIGN_ONLY', ssn: 'ENCRYPT_AND_SIGN' };
      await writeFile(config, JSON.stringify({ logicalTableName: 'users', partitionKeyName: 'id', attributeActionsOnEncrypt, keyring }));
      const line = '{"id":{"S":"u-3"},"ssn":{"S":"000-00-0000"}}\n';
      const sealed = await fieldseal(['encrypt', '-c', config], { input: line });
      expect(sealed).toMatchObject({ code: 0, stdout: expect.stringContaining('aws_dbe_head') });
      expect(await fieldseal(['decrypt', '-c', config], { input: sealed.stdout })).toMatchObject({ code: 0, stdout: line });
      await rm(folder, { recursive: true });
    });

    it('refuses tables of these names that are something else', async () => {
      const other = `${prefix}o-`;
      const table = (TableName: string, AttributeName: string) =>
        dynamoDb.send(
          new CreateTableCommand({
            TableName,
            BillingMode: 'PAY_PER_REQUEST',
            AttributeDefinitions: [{ AttributeName, AttributeType: 'S' }],
            KeySchema: [{ AttributeName, KeyType: 'HASH' }],
          }),
        );
      await table(`${other}users-local`, 'id');
      await expect(setUp({ ...options, prefix: other })).rejects.toThrow(`table ${other}users-local: it exists without a stream`);
      await dynamoDb.send(new DeleteTableCommand({ TableName: `${other}fieldseal-keys` }));
      await table(`${other}fieldseal-keys`, 'id');
      await expect(setUp({ ...options, prefix: other })).rejects.toThrow(`table ${other}fieldseal-keys: it exists with other keys`);
    });

    if (dynamoDbEndpoint === endpoint) functionSuite(endpoint, { ...options, skip: [] }, documents);
  });
}

function functionSuite(endpoint: string, options: NonNullable<Parameters<typeof setUp>[0]>, documents: DynamoDBDocumentClient): void {
  it('makes a function that gets the events of the stream and logs how many', async ({ skip }) => {
    if (!(await hasLambda(endpoint))) return skip('this server runs without Lambda');
    const made = await setUp(options);
    expect(made).toMatchObject({ changed: true, function: { status: 'created' }, eventSource: { status: 'created' } });
    expect(await setUp(options)).toMatchObject({ changed: false, function: made.function && { ...made.function, status: 'found' } });

    const lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials });
    const FunctionName = made.function?.name;
    const Payload = JSON.stringify({ Records: [{ eventName: 'INSERT', dynamodb: { NewImage: { ssn: { S: '123-45-6789' } } } }] });
    const { FunctionError, LogResult = '' } = await lambda.send(new InvokeCommand({ FunctionName, Payload, LogType: 'Tail' }));
    const log = Buffer.from(LogResult, 'base64').toString('utf8');
    expect(FunctionError).toBeUndefined();
    expect(log).toContain('{"records":1,"INSERT":1,"MODIFY":0,"REMOVE":0,"other":0}');
    expect(log).not.toContain('6789');

    await documents.send(new PutCommand({ TableName: made.usersTable.name, Item: { id: 'u-4' } }));
    const mapping = new GetEventSourceMappingCommand({ UUID: made.eventSource?.id });
    await expect
      .poll(async () => (await lambda.send(mapping)).LastProcessingResult, { timeout: 60_000, interval: 500 })
      .toMatch(/^OK\b|records/);
    await lambda.send(new DeleteEventSourceMappingCommand({ UUID: made.eventSource?.id }));
    await lambda.send(new DeleteFunctionCommand({ FunctionName }));
  }, 240_000);
}

/** LocalStack and ministack both list their services here. */
async function hasLambda(endpoint: string): Promise<boolean> {
  const health = (await (await fetch(`${endpoint}/_localstack/health`)).json()) as { services?: Record<string, string> };
  return health.services?.lambda !== undefined;
}
