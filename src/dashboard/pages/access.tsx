import { useTitle } from '../parts/use-title.ts';
import { may } from '../session.ts';
import { Audit } from './access/audit.tsx';
import { Keys } from './access/keys.tsx';
import { Sessions } from './access/sessions.tsx';
import { Usage } from './access/usage.tsx';

/** Who may do what, who did what, and how much of the limits is used. */
export function Access() {
  useTitle('Access');
  return (
    <main>
      <h1>Access</h1>
      {may.value.has('key:manage') && <Keys />}
      <Sessions />
      <Usage />
      {may.value.has('audit:read') && <Audit />}
    </main>
  );
}
