import { batchGetItem } from './batch-get-item.ts';
import { batchWriteItem } from './batch-write-item.ts';
import type { CommandRules } from './command.ts';
import { deleteItem } from './delete-item.ts';
import { getItem } from './get-item.ts';
import { putItem } from './put-item.ts';
import { query } from './query.ts';
import { scan } from './scan.ts';
import { transactGetItems } from './transact-get-items.ts';
import { transactWriteItems } from './transact-write-items.ts';
import { updateItem } from './update-item.ts';

/** The commands that work on encrypted tables, by the SDK's names. */
export const RULES: ReadonlyMap<string, CommandRules> = new Map([
  ['PutItemCommand', putItem],
  ['GetItemCommand', getItem],
  ['QueryCommand', query],
  ['ScanCommand', scan],
  ['BatchGetItemCommand', batchGetItem],
  ['TransactGetItemsCommand', transactGetItems],
  ['DeleteItemCommand', deleteItem],
  ['UpdateItemCommand', updateItem],
  ['BatchWriteItemCommand', batchWriteItem],
  ['TransactWriteItemsCommand', transactWriteItems],
]);

/** Commands that carry items of the tables they name, and have no rules yet: refused on encrypted tables, passed on otherwise. */
export const OTHER_TABLE_COMMANDS: ReadonlyMap<string, string> = new Map([
  ['SearchVectorsCommand', 'search over attributes of a table that is not encrypted'],
  ['StartBulkPutItemsCommand', 'put items one by one: a bulk load would store them unencrypted'],
]);

/** Commands that name tables inside a text: refused always, because nobody can tell which table they mean. */
export const TEXT_COMMANDS: ReadonlySet<string> = new Set([
  'ExecuteStatementCommand',
  'BatchExecuteStatementCommand',
  'ExecuteTransactionCommand',
]);

/** Commands that carry no items: passed on. */
export const CONTROL_COMMANDS: ReadonlySet<string> = new Set(
  [
    'CancelBulkOperation CreateBackup CreateGlobalTable CreateTable DeleteBackup DeleteResourcePolicy DeleteTable DescribeBackup',
    'DescribeBulkOperation DescribeContinuousBackups DescribeContributorInsights DescribeEndpoints DescribeExport DescribeGlobalTable',
    'DescribeGlobalTableSettings DescribeImport DescribeKinesisStreamingDestination DescribeLimits DescribeTable',
    'DescribeTableReplicaAutoScaling DescribeTimeToLive DisableKinesisStreamingDestination EnableKinesisStreamingDestination',
    'ExportTableToPointInTime GetResourcePolicy ImportTable ListBackups ListBulkOperations ListContributorInsights ListExports',
    'ListGlobalTables ListImports ListTables ListTagsOfResource PutResourcePolicy RestoreTableFromBackup RestoreTableToPointInTime',
    'TagResource UntagResource UpdateContinuousBackups UpdateContributorInsights UpdateGlobalTable UpdateGlobalTableSettings',
    'UpdateKinesisStreamingDestination UpdateTable UpdateTableReplicaAutoScaling UpdateTimeToLive',
  ]
    .join(' ')
    .split(' ')
    .map(name => `${name}Command`),
);
