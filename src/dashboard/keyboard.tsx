import { signal } from '@preact/signals';
import { Dialog } from './parts/dialog.tsx';

const shown = signal(false);
/** What stands in the browser’s storage where somebody wants none of them (WCAG 2.2, 2.1.4). */
const OFF = 'headway without keys';

const KEYS: [key: string, what: string][] = [
  ['/', 'search'],
  ['j', 'next job'],
  ['k', 'job before'],
  ['x', 'select the job'],
  ['Enter', 'open the job'],
  ['r', 'read the list anew'],
  ['?', 'these keys'],
];

/** Listens for the keys of the page, but where somebody types or is asked something; the answer ends that. */
export function keyboard(): () => void {
  const listen = (event: KeyboardEvent) => {
    const { target, key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || isTyping(target)) return;
    if (localStorage.getItem(OFF) !== null || document.querySelector('dialog[open]')) return;
    const act = actOf(key);
    if (act === null) return;
    event.preventDefault();
    act();
  };
  document.addEventListener('keydown', listen);
  return () => document.removeEventListener('keydown', listen);
}

function actOf(key: string): (() => void) | null {
  switch (key) {
    case '/':
      return () => document.querySelector<HTMLElement>('#search')?.focus();
    case 'j':
      return () => move(1);
    case 'k':
      return () => move(-1);
    case 'x':
      return () => rowOf(document.activeElement)?.querySelector('input')?.click();
    case 'r':
      return () => document.querySelector<HTMLElement>('[data-refresh]')?.click();
    case '?':
      return showKeys;
    default:
      return null;
  }
}

function move(by: number): void {
  const links = [...document.querySelectorAll<HTMLElement>('tr[data-job] a')];
  const row = rowOf(document.activeElement);
  const at = links.findIndex((link) => row?.contains(link));
  links[at === -1 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
}

function rowOf(element: Element | null): Element | null {
  return element?.closest('tr[data-job]') ?? null;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea, select');
}

export function showKeys(): void {
  shown.value = true;
}

function turn({ currentTarget: { checked } }: { currentTarget: HTMLInputElement }): void {
  if (checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, 'yes');
}

/** The keys, for whoever asks, and whether they do anything. */
export function Shortcuts() {
  if (!shown.value) return null;
  return (
    <Dialog title="Keys" close={() => (shown.value = false)}>
      <dl class="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="choice">
        <input type="checkbox" defaultChecked={localStorage.getItem(OFF) === null} onChange={turn} /> These
        keys do something
      </label>
      <p class="buttons">
        <button type="button" class="primary" onClick={() => (shown.value = false)}>
          Close
        </button>
      </p>
    </Dialog>
  );
}
