import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { noteRefusal, wordsOf } from '../session.ts';

export interface Task {
  busy: Signal<boolean>;
  error: Signal<string | null>;
  /** Runs `work`, shows that it is under way, and what it failed with; true where it is done. */
  run(work: () => Promise<unknown>): Promise<boolean>;
}

/** What a button does: pressed while it is under way, it does nothing more. */
export function useTask(): Task {
  const busy = useSignal(false);
  const error = useSignal<string | null>(null);
  async function run(work: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    error.value = null;
    try {
      await work();
      return true;
    } catch (caught) {
      if (!noteRefusal(caught)) error.value = wordsOf(caught);
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { busy, error, run };
}

export interface Loaded<Value> {
  value: Signal<Value | null>;
  error: Signal<string | null>;
  /** Reads it anew; true where that is what is shown then. */
  reload(): Promise<boolean>;
}

/**
 * What a page is made of, read when it is first shown and whenever `key` is another. The latest reading counts: of one before
 * it neither the answer nor its failure is shown.
 */
export function useLoaded<Value>(key: string, load: () => Promise<Value>): Loaded<Value> {
  const value = useSignal<Value | null>(null);
  const error = useSignal<string | null>(null);
  const latest = useRef(0);
  async function reload(): Promise<boolean> {
    const round = ++latest.current;
    error.value = null;
    try {
      const found = await load();
      if (round !== latest.current) return false;
      value.value = found;
      return true;
    } catch (caught) {
      if (round === latest.current && !noteRefusal(caught)) error.value = wordsOf(caught);
      return false;
    }
  }
  // What is loaded is named by its key.
  useEffect(() => {
    value.value = null;
    void reload();
    return () => {
      latest.current++;
    };
  }, [key]);
  return { value, error, reload };
}
