import { effect, type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type Loaded, useLoaded } from './use-task.ts';

/** Between two questions (ms): however much moves, no more is asked. */
const PAUSE = 5_000;

/** A value that a component is given, as what can be followed. */
export function useMoved<Value>(value: Value): ReadonlySignal<Value> {
  const moved = useSignal(value);
  useEffect(() => {
    moved.value = value;
  }, [value]);
  return moved;
}

/** What is loaded once, and again some seconds after `moved` has moved: one question for all that came meanwhile. */
export function useFollowing<Value>(
  key: string,
  moved: ReadonlySignal<unknown>,
  load: () => Promise<Value>,
): Loaded<Value> {
  const loaded = useLoaded(key, load);
  // Another key is another thing to follow.
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asked = moved.peek();
    const end = effect(() => {
      if (moved.value === asked || timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        asked = moved.peek();
        void loaded.reload();
      }, PAUSE);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [key, moved]);
  return loaded;
}
