#!/usr/bin/env node
/**
 * Makes keys, tables and a function for local work in LocalStack, or in what answers like it. What exists is left as it is.
 *
 *   node localstack/init.mjs --endpoint http://127.0.0.1:4566
 *   node localstack/init.mjs --help
 */
import { realpathSync } from 'node:fs';
import { argv, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { localEndpoint } from './setup/endpoints.mjs';
import { ensureKey, ensureReplica } from './setup/keys.mjs';
import { ensureEventSource, ensureFunction, lambdaPackages } from './setup/lambda.mjs';
import { Problem, step } from './setup/problem.mjs';
import { ensureTable } from './setup/tables.mjs';

/**
 * @typedef {object} SetUpOptions
 * @property {string} [endpoint]
 * @property {string} [dynamoDbEndpoint] where DynamoDB is, when it is not at `endpoint`
 * @property {readonly string[]} [allowHosts] hosts besides this machine that may be named
 * @property {string} [region]
 * @property {string} [replicaRegion]
 * @property {string} [prefix] begins the name of everything
 * @property {readonly string[]} [skip] `lambda` or nothing
 */

/** @typedef {{ name: string, id?: string, arn: string, status: string }} Resource */

const HELP = `Usage: node localstack/init.mjs [options]

  --endpoint URL           where LocalStack is (http://127.0.0.1:4566)
  --dynamodb-endpoint URL  where DynamoDB is, when it is elsewhere; needs --skip lambda
  --allow-host NAME        a host besides this machine that may be named; AWS never may
  --region NAME            region of everything (us-east-1)
  --replica-region NAME    region of the replica of the multi-region key (eu-west-1)
  --prefix TEXT            begins the name of everything
  --skip lambda            leaves the function out
  --json                   one JSON object instead of a table
`;

/** Whatever the environment holds: these are no keys of anybody. */
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const requestHandler = { connectionTimeout: 5000, requestTimeout: 30_000, throwOnRequestTimeout: true };
const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/;
const PREFIX = /^[A-Za-z0-9_-]{0,40}$/;

/**
 * Makes what is missing, and says what there is. A second call changes nothing.
 *
 * @param {SetUpOptions} [options]
 * @throws {Problem} in one line what is wrong
 */
export async function setUp(options = {}) {
  const { endpoint, dynamoDbEndpoint, region, replicaRegion, prefix, withLambda } = checked(options);
  const packages = withLambda ? await lambdaPackages() : undefined;

  const common = { credentials, requestHandler, useFipsEndpoint: false, useDualstackEndpoint: false };
  const kms = new KMSClient({ ...common, endpoint, region });
  const kmsOfReplica = new KMSClient({ ...common, endpoint, region: replicaRegion });
  const dynamoDb = new DynamoDBClient({ ...common, endpoint: dynamoDbEndpoint, region, endpointDiscoveryEnabled: false });
  const lambda = packages && new packages.lambda.LambdaClient({ ...common, endpoint, region });
  try {
    const alias = `alias/${prefix}fieldseal`;
    const key = await step(alias, endpoint, () => ensureKey(kms, { alias, description: 'fieldseal, local work', multiRegion: false }));

    const mrkAlias = `alias/${prefix}fieldseal-mrk`;
    const description = 'fieldseal, local work, multi-region';
    const multiRegionKey = await step(mrkAlias, endpoint, () => ensureKey(kms, { alias: mrkAlias, description, multiRegion: true }));
    const replicaKey = await step(`replica of ${mrkAlias}`, endpoint, () =>
      ensureReplica(kms, kmsOfReplica, { keyId: multiRegionKey.id, description, replicaRegion }),
    );

    const [keyStoreName, usersName] = [`${prefix}fieldseal-keys`, `${prefix}users-local`];
    const keyStoreTable = await step(`table ${keyStoreName}`, dynamoDbEndpoint, () =>
      ensureTable(dynamoDb, { name: keyStoreName, partitionKey: 'branch-key-id', sortKey: 'type' }),
    );
    const usersTable = await step(`table ${usersName}`, dynamoDbEndpoint, () =>
      ensureTable(dynamoDb, { name: usersName, partitionKey: 'id', stream: true }),
    );

    const made = { key, multiRegionKey, replicaKey, keyStoreTable, usersTable };
    const sample = packages && lambda && (await streamSample(packages, lambda, `${prefix}fieldseal-stream-sample`, usersTable, endpoint));
    const resources = { ...made, ...sample };
    const changed = Object.values(resources).some(({ status }) => status !== 'found');
    return { endpoint, dynamoDbEndpoint, region, replicaRegion, changed, ...resources };
  } finally {
    for (const client of [kms, kmsOfReplica, dynamoDb, lambda]) client?.destroy();
  }
}

/**
 * @param {import('./setup/lambda.mjs').Packages} packages
 * @param {import('@aws-sdk/client-lambda').LambdaClient} client
 * @param {string} name
 * @param {{ streamArn?: string }} table
 * @param {string} endpoint
 */
async function streamSample(packages, client, name, { streamArn = '' }, endpoint) {
  return {
    function: await step(`function ${name}`, endpoint, () => ensureFunction(packages, client, name)),
    eventSource: await step(`event source of ${name}`, endpoint, () =>
      ensureEventSource(packages, client, { functionName: name, streamArn }),
    ),
  };
}

/** @param {SetUpOptions} options */
function checked({
  endpoint: given = 'http://127.0.0.1:4566',
  dynamoDbEndpoint: givenOfDynamoDb,
  allowHosts = [],
  region = 'us-east-1',
  replicaRegion = 'eu-west-1',
  prefix = '',
  skip = [],
}) {
  const endpoint = localEndpoint('--endpoint', given, allowHosts);
  const dynamoDbEndpoint = givenOfDynamoDb === undefined ? endpoint : localEndpoint('--dynamodb-endpoint', givenOfDynamoDb, allowHosts);
  for (const each of [region, replicaRegion]) if (!REGION.test(each)) throw new Problem(`${each} is no name of a region`);
  if (region === replicaRegion) throw new Problem('--replica-region must be another region than --region');
  if (!PREFIX.test(prefix)) throw new Problem('--prefix takes at most 40 letters, digits, - and _');
  if (skip.some(each => each !== 'lambda')) throw new Problem('--skip takes nothing but lambda');
  const withLambda = skip.length === 0;
  if (withLambda && dynamoDbEndpoint !== endpoint) {
    throw new Problem('--dynamodb-endpoint needs --skip lambda: the function can read no stream of another server');
  }
  return { endpoint, dynamoDbEndpoint, region, replicaRegion, prefix, withLambda };
}

async function main() {
  const { values } = parseArgs({
    options: {
      endpoint: { type: 'string' },
      'dynamodb-endpoint': { type: 'string' },
      'allow-host': { type: 'string', multiple: true },
      region: { type: 'string' },
      'replica-region': { type: 'string' },
      prefix: { type: 'string' },
      skip: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void stdout.write(HELP);
  const result = await setUp({
    endpoint: values.endpoint,
    dynamoDbEndpoint: values['dynamodb-endpoint'],
    allowHosts: values['allow-host'],
    region: values.region,
    replicaRegion: values['replica-region'],
    prefix: values.prefix,
    skip: values.skip,
  });
  stdout.write(values.json ? `${JSON.stringify(result)}\n` : asTable(result));
}

/** @param {Awaited<ReturnType<typeof setUp>>} result */
function asTable({ region, replicaRegion, changed, ...result }) {
  /** @type {[what: string, resource: Resource | undefined, region: string][]} */
  const all = [
    ['KMS key', result.key, region],
    ['multi-region key', result.multiRegionKey, region],
    ['its replica', result.replicaKey, replicaRegion],
    ['key store table', result.keyStoreTable, region],
    ['sample table', result.usersTable, region],
    ['function', result.function, region],
    ['event source', result.eventSource, region],
  ];
  const rows = [
    ['WHAT', 'STATUS', 'NAME', 'REGION', 'ARN'],
    ...all.flatMap(([what, resource, where]) => (resource ? [[what, resource.status, resource.name, where, resource.arn]] : [])),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
  const lines = rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n${changed ? '' : 'Nothing changed: all of it was there.\n'}`;
}

if (argv[1] !== undefined && realpathSync(argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
    stderr.write(`init: ${line}\n`);
    process.exitCode = 1;
  }
}
