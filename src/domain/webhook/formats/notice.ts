import { type Tone, toneOf } from '../../base/palette';
import { cut } from '../../base/text';
import { linkOf } from '../../base/web-address';
import type { Status } from '../../job/job';

/** An event for people: one line each, free of what a chat would make a mention or a link of. */
export interface Notice {
  type: string;
  /** What it is about: the job's name, or its type. */
  title: string;
  /** What happened, and how far the job has come. */
  text: string;
  tone: Tone;
  /** Where more of the job is shown, in ASCII; null where its creator named nothing. */
  link: string | null;
}

interface EventText {
  type: string;
  data: {
    message?: string;
    name?: string | null;
    job_type?: string;
    details_url?: string | null;
    status?: Status;
    total_items?: number;
    processed_items?: number;
    failed_items?: number;
    warned_items?: number;
  };
}

/** Escaped, at most three characters for one, a title fits Discord's 256; both, at four bytes a character, ntfy's 4,096. */
const TITLE_LIMIT = 80;
const TEXT_LIMIT = 700;

/** Reads the text of an event as the standard format sends it. */
export function noticeOf(event: string): Notice {
  const { type, data } = JSON.parse(event) as EventText;
  const title = plain(data.name ?? data.job_type ?? 'Webhook endpoint', TITLE_LIMIT);
  const text = [plain(data.message ?? type, TEXT_LIMIT), countsOf(data)].filter(Boolean).join(' · ');
  const link = data.details_url ? linkOf(data.details_url) : null;
  return { type, title, text, tone: toneFor(type, data.status), link };
}

function toneFor(type: string, status: Status | undefined): Tone {
  if (status !== undefined) return toneOf({ status, health: type === 'job.stalled' ? 'stalled' : 'ok' });
  return type === 'endpoint.disabled' ? 'warning' : 'active';
}

function countsOf({
  total_items = 0,
  processed_items = 0,
  failed_items = 0,
  warned_items = 0,
}: EventText['data']) {
  const counts = [
    total_items > 0 ? `${processed_items} of ${total_items}` : '',
    failed_items > 0 ? `${failed_items} failed` : '',
    warned_items > 0 ? `${warned_items} with warnings` : '',
  ];
  return counts.filter((count) => count !== '').join(', ');
}

/** Controls, line ends and what turns the direction of writing. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/**
 * One line that links nowhere and calls nobody: clients make links of bare addresses and hosts, and mentions of what
 * follows an `@`, in plain text too. A space of no width behind `@`, a scheme's `:` and a host's `.` ends that.
 */
function plain(text: string, most: number): string {
  return cut(text.replace(CONTROLS, ' ').trim(), most)
    .replace(/@|:(?=\/\/)/g, '$&\u200b')
    .replace(/(?<=[\p{L}\p{N}])\.(?=\p{L})/gu, '.\u200b');
}
