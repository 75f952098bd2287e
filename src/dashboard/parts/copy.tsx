import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

/** A text with a button that copies it, on plain http too, where the clipboard’s own interface is not there. */
export function Copy({ text, label = 'Copy' }: { text: string; label?: string }) {
  const done = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  async function copy() {
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else {
      field.current?.select();
      document.execCommand('copy');
    }
    done.value = true;
    setTimeout(() => {
      done.value = false;
    }, 2_000);
  }
  return (
    <span class="copy">
      <input ref={field} readOnly value={text} aria-label={label} spellcheck={false} />
      <button type="button" onClick={copy}>
        {done.value ? 'Copied' : label}
      </button>
    </span>
  );
}
