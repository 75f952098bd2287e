import { headway } from '../service.ts';
import { noteRefusal } from '../session.ts';
import { SharedEvents } from './shared-events.ts';

/**
 * Keeps the browser’s one stream open on pages without a list too: it ends with the sign-in, so that each page learns of that,
 * and from page to page no other is opened. The answer ends it.
 */
export function watchSignIn(organization: string): () => void {
  const events = new SharedEvents({
    ...{ name: organization, service: headway, alone: false },
    onEvent: () => undefined,
    onLine: () => undefined,
    onLost: noteRefusal,
  });
  events.start('now');
  return () => events.stop();
}
