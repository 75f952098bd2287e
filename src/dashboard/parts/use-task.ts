import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { noteRefusal, wordsOf } from '../session.ts';

export interface Task {
  busy: Signal<boolean>;
  error: Signal<string | null>;
  /** Runs `work`, shows that it is under way, and what it failed with; true where it is done. */
  run(work: () => Promise<unknown>): Promise<boolean>;
}

/** What a button does. */
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

export interface Loaded<Value> extends Task {
  value: Signal<Value | null>;
  reload(): Promise<boolean>;
}

/** What a page is made of, read when it is first shown and whenever `key` is another. */
export function useLoaded<Value>(key: string, load: () => Promise<Value>): Loaded<Value> {
  const task = useTask();
  const value = useSignal<Value | null>(null);
  const reload = () =>
    task.run(async () => {
      value.value = await load();
    });
  // What is loaded is named by its key.
  useEffect(() => {
    value.value = null;
    void reload();
  }, [key]);
  return { ...task, value, reload };
}
