import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Dialog } from './dialog.tsx';
import { Failure } from './notice.tsx';
import { useTask } from './use-task.ts';

interface ConfirmProps {
  title: string;
  /** What the button says that goes through with it. */
  danger: string;
  /** Goes through with it, as it was filled in. The dialog is closed once that is done, and says what it failed with. */
  act: (given: FormData) => Promise<unknown>;
  /** What the dialog is shown by; null once it is closed. */
  open: Signal<unknown>;
  /** What comes of it, and what there is to fill in. */
  children: ComponentChildren;
}

/** Asks once more before something ends for good. */
export function Confirm({ title, danger, act, open, children }: ConfirmProps) {
  const { busy, error, run } = useTask();
  const close = () => {
    open.value = null;
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    void run(() => act(given).then(close));
  };
  return (
    <Dialog title={title} close={close}>
      <form class="stack" onSubmit={submit}>
        {children}
        <Failure error={error.value} />
        <p class="buttons">
          <button type="button" onClick={close}>
            Keep it
          </button>
          <button type="submit" class="danger" disabled={busy.value}>
            {danger}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
