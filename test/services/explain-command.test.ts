import { describe, it } from 'vitest';
import { databaseAt } from '../support/database.ts';
import { explainCommandSuite } from '../support/suites/explain-command.ts';

const url = process.env.FIELDSEAL_DYNAMODB_LOCAL_URL;

if (url === undefined)
  describe('explainCommand on DynamoDB Local', () => it.skip('skipped: start it with npm run test:services', () => undefined));
else
  explainCommandSuite({
    name: 'DynamoDB Local',
    connect: () => databaseAt(url),
    features: { transactions: true, strict: true, faithful: true },
  });
