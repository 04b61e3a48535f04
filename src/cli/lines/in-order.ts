/**
 * Applies `work`, which must not reject, to up to `most` inputs at a time and gives the results in the order of the inputs, each as soon as it
 * and those before it are done. One more input is read ahead, and nothing while the receiver is busy.
 */
export async function* inOrder<A, B>(source: AsyncIterable<A>, most: number, work: (input: A) => Promise<B>): AsyncGenerator<B> {
  const iterator = source[Symbol.asyncIterator]();
  const running: Promise<B>[] = [];
  let next: Promise<IteratorResult<A>> | undefined = iterator.next();
  try {
    for (;;) {
      const [oldest] = running;
      const reading = running.length < most ? next : undefined;
      const read = await firstOf(oldest, reading);
      if (read === 'neither') return;
      if (read === 'oldest') {
        const result = running.shift();
        if (result !== undefined) yield await result;
      } else if (read.done) next = undefined;
      else {
        running.push(work(read.value));
        next = iterator.next();
      }
    }
  } finally {
    // Not awaited: a source that waits for its next line would hold up the end.
    void iterator.return?.().catch(() => undefined);
  }
}

async function firstOf<A>(
  oldest: Promise<unknown> | undefined,
  reading: Promise<IteratorResult<A>> | undefined,
): Promise<IteratorResult<A> | 'oldest' | 'neither'> {
  const done = oldest?.then(() => 'oldest' as const);
  if (done === undefined) return reading ?? 'neither';
  return reading === undefined ? done : Promise.race([done, reading]);
}
