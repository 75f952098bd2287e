import type { ComponentChildren } from 'preact';
import { may } from '../session.ts';

/** A link to jobs, for who may read them: what a token opens leads to none. */
export function InnerLink({
  href,
  class: name,
  children,
}: {
  href: string;
  class?: string;
  children: ComponentChildren;
}) {
  const named = name === undefined ? {} : { class: name };
  if (!may.value.has('job:read')) return <span {...named}>{children}</span>;
  return (
    <a href={href} {...named}>
      {children}
    </a>
  );
}
