import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

/** A text with a button that copies it, on plain http too, where the clipboard’s own interface is not there. */
export function Copy({ text, label = 'Copy' }: { text: string; label?: string }) {
  const said = useSignal<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  async function copy() {
    const isWritten = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    // What could not be copied is selected, to be copied by hand.
    if (!isWritten) field.current?.select();
    said.value = isWritten || document.execCommand('copy') ? 'Copied' : 'Copy it by hand';
    setTimeout(() => {
      said.value = null;
    }, 2_000);
  }
  return (
    <span class="copy">
      <input ref={field} readOnly value={text} aria-label={label} spellcheck={false} />
      <button type="button" onClick={copy}>
        {said.value ?? label}
      </button>
      <span class="unseen" aria-live="polite">
        {said.value}
      </span>
    </span>
  );
}
