import { randomUUID } from 'node:crypto';
import { DynamoDB, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { encrypted, key, signed, table, unsigned } from 'fieldseal';
import { type EncryptedClientOptions, encryptedClient, encryptedDocumentClient } from 'fieldseal/dynamodb';
import { kms } from 'fieldseal/kms';
import { FakeKms } from 'fieldseal/testing';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { z } from 'zod';
import type { TestDatabase } from '../database.ts';
import { type Hold, partial, type Sent } from '../scripted.ts';

const fields = {
  ward: key.partition(z.string()),
  id: key.sort(z.string()),
  diagnosis: encrypted(z.string()),
  name: signed(z.string()),
  bed: unsigned(z.number()).optional(),
};
export const patients = table('patients', fields);
/** Another table, whose items could be the very same objects. */
export const visits = table('visits', fields);

export interface Patient {
  readonly ward: string;
  readonly id: string;
  readonly diagnosis: string;
  readonly name: string;
  readonly bed: number;
}

/** Found nowhere in a table: every encrypted attribute begins with it. */
export const MARKER = 'plaintext-marker';

/** Patients of one ward, numbered from 0. */
export function patientsOf(ward: string, count: number): Patient[] {
  return Array.from({ length: count }, (_, n) => ({ ward, id: `p${n}`, diagnosis: `${MARKER} ${n}`, name: `Patient ${n}`, bed: n }));
}

/** A client that can send batches, in one of the forms that there are, and how an item looks in it. */
export interface Form {
  readonly name: string;
  make(base: DynamoDBClient, options: EncryptedClientOptions): DynamoDBClient | DynamoDBDocumentClient;
  readonly document: boolean;
}

export const FORMS: readonly Form[] = [
  { name: 'DynamoDBDocumentClient', make: (base, o) => encryptedDocumentClient(DynamoDBDocumentClient.from(base), o), document: true },
  { name: 'DynamoDBDocument', make: (base, o) => encryptedDocumentClient(DynamoDBDocument.from(base), o), document: true },
  {
    name: 'a document client over a wrapped one',
    make: (base, o) => DynamoDBDocumentClient.from(encryptedClient(base, o)),
    document: true,
  },
  { name: 'DynamoDBClient', make: (base, o) => encryptedClient(base, o), document: false },
  {
    name: 'the aggregated DynamoDB',
    make: (base, o) => encryptedClient(Object.assign(Object.create(DynamoDB.prototype), base) as DynamoDB, o),
    document: false,
  },
];

/** An item or key in the form of a client, frozen to its leaves. */
export function inForm({ document }: Form, item: object): Record<string, never> {
  return deepFrozen(document ? { ...item } : marshall(item)) as Record<string, never>; // each form of client takes its own
}

/** Freezes an input to its leaves: a client that changes one fails. */
export function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const member of Object.values(value)) deepFrozen(member);
    Object.freeze(value);
  }
  return value;
}

/** Two encrypted tables and a plain one, and clients of them. */
export interface BatchTables {
  readonly database: TestDatabase;
  readonly fake: FakeKms;
  readonly options: EncryptedClientOptions;
  readonly patients: string;
  readonly visits: string;
  readonly plain: string;
  /** The database, when it does not get to all. */
  partial(hold: Hold): { readonly client: DynamoDBClient; readonly sent: Sent[] };
  /** All bytes of the encrypted tables, as text. */
  raw(): Promise<string>;
}

/** Makes the tables before the tests of a suite. */
export function batchTables(connect: () => Promise<TestDatabase>): () => BatchTables {
  const fake = new FakeKms();
  let current: BatchTables | undefined;
  beforeAll(async () => {
    const database = await connect();
    const run = `batches-${randomUUID().slice(0, 8)}`;
    const names = { patients: `${run}-patients`, visits: `${run}-visits`, plain: `${run}-plain` };
    for (const name of Object.values(names)) await database.createTable(name, 'ward', 'id');
    const options = {
      tables: [patients.at(names.patients), visits.at(names.visits)],
      keyring: kms({ kmsKeyId: fake.createKey().arn, kmsClient: fake.client({ maxAttempts: 1 }) }),
    };
    const raw = async (): Promise<string> => {
      const scans = [names.patients, names.visits].map(TableName => database.client.send(new ScanCommand({ TableName })));
      const items = (await Promise.all(scans)).flatMap(({ Items }) => Items ?? []);
      return JSON.stringify(items, (_, value) => (value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value));
    };
    current = { database, fake, options, ...names, partial: hold => partial(database, hold), raw };
  });
  beforeEach(() => fake.reset());
  afterAll(async () => {
    await fake.close();
    await current?.database[Symbol.asyncDispose]();
  });
  return () => {
    if (current === undefined) throw new TypeError('asked for before the tests began');
    return current;
  };
}
