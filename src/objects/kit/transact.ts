/** What an object knows in memory of what it has stored. */
export interface Memory {
  forget(): void;
}

/** Runs a change in one transaction. Where it is rolled back, so is what memory knows. */
export function transact<Answer>(
  storage: DurableObjectStorage,
  memories: readonly Memory[],
  work: () => Answer,
): Answer {
  try {
    return storage.transactionSync(work);
  } catch (cause) {
    for (const memory of memories) memory.forget();
    throw cause;
  }
}
