import type { ComponentChildren } from 'preact';
import { token } from '../service.ts';

/** A link to another page; what a token opens leads to none. */
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
  if (token !== null) return <span {...named}>{children}</span>;
  return (
    <a href={href} {...named}>
      {children}
    </a>
  );
}
