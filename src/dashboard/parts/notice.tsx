import type { ComponentChildren } from 'preact';

/** What went wrong, and what can be done about it. */
export function Failure({ error, again }: { error: string | null; again?: () => void }) {
  if (error === null) return null;
  return (
    <p class="failure" role="alert">
      {error}{' '}
      {again && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </p>
  );
}

/** What a page says where it has nothing to show. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="empty">{children}</div>;
}

export function Loading() {
  return (
    <p class="faint" aria-busy="true">
      Loading…
    </p>
  );
}
