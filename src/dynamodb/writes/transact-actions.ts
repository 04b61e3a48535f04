import { isRecord } from '../../bytes/objects.ts';
import type { AttributeMap } from '../attribute-value.ts';
import type { Call, Shape } from '../commands/command.ts';
import { validatedItem } from '../commands/items.ts';
import { refuse, refuseEncryptedCondition, refuseForeignKey, refuseLegacy } from '../commands/refusals.ts';
import { ACTIONS } from '../commands/tables-of.ts';
import type { EncryptedTable } from '../encrypted-table.ts';
import { buildUpdate, checkUpdate, prepareUpdate } from './transact-update.ts';
import type { FinishedAction } from './transaction-attempts.ts';

/** How one kind of a transaction's actions works on an encrypted table. */
interface ActionRules {
  /** Refuses parameters, whatever form values have. */
  check(call: Call, table: EncryptedTable, action: Shape): void;
  /** Validates, in the form the caller uses. */
  prepare(call: Call, table: EncryptedTable, action: Shape): Promise<Shape>;
  /** Finishes, in DynamoDB's own form, what is to be sent. `previous` is what it was finished to in an attempt that is outdated. */
  build(call: Call, table: EncryptedTable, action: Shape, previous: FinishedAction | undefined): Promise<FinishedAction>;
}

const passed: Pick<ActionRules, 'prepare' | 'build'> = {
  prepare: async (_call, _table, action) => action,
  build: async (_call, _table, action) => ({ action }),
};

const keyed: ActionRules = {
  check(_call, table, action) {
    refuseEncryptedCondition(table, action);
    refuseForeignKey(table, action.Key);
  },
  ...passed,
};

const RULES: Readonly<Record<(typeof ACTIONS)[number], ActionRules>> = {
  Put: {
    check: (_call, table, action) => refuseEncryptedCondition(table, action),
    prepare: async (call, table, action) => ({ ...action, Item: await validatedItem(call, table, action.Item, 'Put.Item') }),
    build: async (_call, table, action) => ({ action: { ...action, Item: await table.encrypt(action.Item as AttributeMap) } }), // validated by prepare
  },
  Update: { check: checkUpdate, prepare: prepareUpdate, build: buildUpdate },
  Delete: keyed,
  ConditionCheck: keyed,
  Get: { check: (_call, table) => refuse(table, 'Get', 'is no action of a transaction that writes'), ...passed },
};

/** One action of a transaction that is on an encrypted table. */
export interface TableAction {
  readonly kind: (typeof ACTIONS)[number];
  readonly table: EncryptedTable;
  readonly action: Shape;
  readonly rules: ActionRules;
}

/** The actions of one element of `TransactItems` that are on encrypted tables. DynamoDB takes one action in each. */
export function tableActions(call: Call, element: unknown): TableAction[] {
  if (!isRecord(element)) return [];
  return ACTIONS.flatMap(kind => {
    const action = element[kind];
    const table = isRecord(action) ? call.tableOf(action.TableName) : undefined;
    return isRecord(action) && table !== undefined ? [{ kind, table, action, rules: RULES[kind] }] : [];
  });
}

/** Refuses what an action may not have on an encrypted table. */
export function checkAction(call: Call, { table, action, rules }: TableAction): void {
  refuseLegacy(table, action);
  rules.check(call, table, action);
}
