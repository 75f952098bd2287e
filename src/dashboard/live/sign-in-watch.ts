import { headway } from '../service.ts';
import { noteRefusal } from '../session.ts';
import { SharedEvents } from './shared-events.ts';

/** Between two questions after the sign-in, where no stream tells of its end (ms). */
const PAUSE = 25_000;

/**
 * Keeps the browser’s one stream open on pages without a list too: it ends with the sign-in, so that each page learns of that,
 * and from page to page no other is opened. The answer ends it.
 */
export function watchSignIn(organization: string): () => void {
  const events = new SharedEvents({
    ...{ name: organization, service: headway, alone: false },
    onEvent: () => undefined,
    onLine: () => undefined,
    onRefused: noteRefusal,
    onLost: () => events.follow('now'),
  });
  events.follow('now');
  return () => events.stop();
}

/** Learns of the end of a sign-in that may not read the feed: by asking, while the page is seen. The answer ends it. */
export function askForSignIn(): () => void {
  const ask = () => {
    if (document.visibilityState === 'visible') void headway.me().catch(noteRefusal);
  };
  const timer = setInterval(ask, PAUSE);
  document.addEventListener('visibilitychange', ask);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', ask);
  };
}
