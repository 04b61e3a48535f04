/**
 * Logs how many events of each kind a batch of a DynamoDB stream holds. Keys and values never get into the log.
 *
 * @param {{ Records?: { eventName?: string }[] }} batch
 */
export async function handler({ Records: records = [] }) {
  /** @type {Record<string, number>} */
  const counts = { INSERT: 0, MODIFY: 0, REMOVE: 0, other: 0 };
  for (const { eventName = '' } of records) counts[Object.hasOwn(counts, eventName) ? eventName : 'other'] += 1;
  console.log(JSON.stringify({ records: records.length, ...counts }));
}
