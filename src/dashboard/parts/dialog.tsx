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
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    opened?.();
    // The page takes it away without closing it, and so without giving the focus back.
    return () => before?.focus();
  }, []);
  return (
    <dialog ref={dialog} onClose={close} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}
