import type { ComponentChildren } from 'preact';

interface FailureProps {
  error: string | null;
  again?: () => void;
  /** Of a part of a page, which fails beside others for the same reason: it is shown, and not said aloud. */
  quiet?: boolean;
}

/** What went wrong, and what can be done about it: said aloud of the page itself, and of what a button did. */
export function Failure({ error, again, quiet = false }: FailureProps) {
  if (error === null) return null;
  return (
    <p class="failure" {...(quiet ? {} : { role: 'alert' as const })}>
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
