import { describe, it } from 'vitest';
import { databaseAt, type TestDatabase } from './database.ts';

/** The servers of DynamoDB that service tests run on: set by `npm run test:services`. */
export const SERVERS = {
  'DynamoDB Local': process.env.FIELDSEAL_DYNAMODB_LOCAL_URL,
  ministack: process.env.FIELDSEAL_MINISTACK_URL,
  moto: process.env.FIELDSEAL_MOTO_URL,
};
export type ServerName = keyof typeof SERVERS;
const ALL: readonly ServerName[] = ['DynamoDB Local', 'ministack', 'moto'];

/** Runs suites on each server that is there, and says how to start one that is not. */
export function onServers(what: string, suites: (name: ServerName, connect: () => Promise<TestDatabase>) => void, names = ALL): void {
  for (const name of names) {
    const url = SERVERS[name];
    if (url === undefined) describe(`${what} on ${name}`, () => it.skip('skipped: start it with npm run test:services', () => undefined));
    else suites(name, () => databaseAt(url));
  }
}
