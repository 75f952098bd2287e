import type { ComponentChildren } from 'preact';
import { Failure, Loading } from './notice.tsx';
import type { Loaded } from './use-task.ts';

interface WhenLoadedProps<Value> {
  of: Loaded<Value>;
  children: (value: Value) => ComponentChildren;
}

/** What was loaded, once it is; that it is under way, or what it failed with. */
export function WhenLoaded<Value>({ of: { value, error, reload }, children }: WhenLoadedProps<Value>) {
  return (
    <>
      <Failure quiet error={error.value} again={() => void reload()} />
      {value.value !== null ? children(value.value) : error.value === null && <Loading />}
    </>
  );
}
