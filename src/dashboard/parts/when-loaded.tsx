import type { ComponentChildren } from 'preact';
import { Failure, Loading } from './notice.tsx';
import type { Loaded } from './use-task.ts';

interface WhenLoadedProps<Value> {
  of: Loaded<Value>;
  /** Whether a failure is said aloud: that of a page’s chief part is, and of what somebody opened. */
  aloud?: boolean;
  children: (value: Value) => ComponentChildren;
}

/** What was loaded, once it is; that it is under way, or what it failed with. */
export function WhenLoaded<Value>({ of, aloud = false, children }: WhenLoadedProps<Value>) {
  const { value, error, reload } = of;
  return (
    <>
      <Failure quiet={!aloud} error={error.value} again={() => void reload()} />
      {value.value !== null ? children(value.value) : error.value === null && <Loading />}
    </>
  );
}
