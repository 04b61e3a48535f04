/**
 * `Promise.all(values.map(work))` with at most `limit` at work at a time; results in the order of the values. After the first failure nothing more
 * is started, and it is thrown once all that run have ended.
 */
export async function mapBounded<T, R>(values: readonly T[], limit: number, work: (value: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(values.length);
  const failures: unknown[] = [];
  const entries = values.entries(); // shared: each worker takes the next
  const worker = async (): Promise<void> => {
    for (const [index, value] of entries) {
      if (failures.length > 0) return;
      try {
        results[index] = await work(value, index);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, values.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
