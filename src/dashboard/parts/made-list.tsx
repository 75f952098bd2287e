import { useSignal } from '@preact/signals';
import type { ComponentChild, ComponentChildren } from 'preact';
import { Empty, Failure, Loading } from './notice.tsx';
import type { Loaded } from './use-task.ts';
import { useTitle } from './use-title.ts';

interface MadeListProps<Item> {
  title: string;
  /** What the button says that opens `form`; null for who may make none. */
  make: string | null;
  list: Loaded<Item[]>;
  /** What makes another one; the list is read anew once it is closed. */
  form: (close: () => void) => ComponentChild;
  /** What stands there while there is none. */
  empty: string;
  show: (item: Item) => ComponentChildren;
}

/** A page of what an organization has made of one kind, and of making more. */
export function MadeList<Item>({ title, make, list, form, empty, show }: MadeListProps<Item>) {
  useTitle(title);
  const making = useSignal(false);
  const found = list.value.value;
  const close = () => {
    making.value = false;
    void list.reload();
  };
  return (
    <main>
      <header class="bar-of-page">
        <h1>{title}</h1>
        {make !== null && (
          <button type="button" onClick={() => (making.value = true)}>
            {make}
          </button>
        )}
      </header>
      <Failure error={list.error.value} again={() => void list.reload()} />
      {making.value && form(close)}
      {found === null && list.error.value === null && <Loading />}
      {found?.length === 0 && (
        <Empty>
          <p>{empty}</p>
        </Empty>
      )}
      {found?.map(show)}
    </main>
  );
}
