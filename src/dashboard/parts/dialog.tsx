import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A question over the page, which holds the keyboard until it is answered. */
export function Dialog({
  title,
  opened,
  close,
  children,
}: {
  title: string;
  /** Called once it is shown. */
  opened?: () => void;
  close: () => void;
  children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (dialog.current?.open) return;
    dialog.current?.showModal();
    opened?.();
  }, []);
  return (
    <dialog ref={dialog} onClose={close} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}
