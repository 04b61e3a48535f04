import type { CommandRules } from './command.ts';
import { deleteItem } from './delete-item.ts';
import { getItem } from './get-item.ts';
import { putItem } from './put-item.ts';

/** The commands that work on encrypted tables, by the SDK's names. */
export const RULES: ReadonlyMap<string, CommandRules> = new Map([
  ['PutItemCommand', putItem],
  ['GetItemCommand', getItem],
  ['DeleteItemCommand', deleteItem],
]);

/** Commands that carry items of the tables they name, and have no rules yet: refused on encrypted tables, passed on otherwise. */
export const OTHER_TABLE_COMMANDS: ReadonlyMap<string, string> = new Map([
  ['UpdateItemCommand', 'get the item, change it and put it back'],
  ['QueryCommand', 'get items by key'],
  ['ScanCommand', 'get items by key'],
  ['BatchGetItemCommand', 'get items one by one'],
  ['BatchWriteItemCommand', 'put or delete items one by one'],
  ['TransactGetItemsCommand', 'get items one by one'],
  ['TransactWriteItemsCommand', 'put or delete items one by one'],
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
