/** What a key store handed out. */
interface HandedOut {
  release?(): void;
}

/** Gives a key back to its store. That a store of the caller's own fails at this, at once or later, must not look like the failure of a read. */
export function giveBack(material: HandedOut): void {
  try {
    const answer: unknown = material.release?.();
    if (answer instanceof Promise) answer.catch(() => undefined);
  } catch {
    // the key is copied or not wanted
  }
}
