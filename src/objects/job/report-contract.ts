import type { Control } from '../../domain/job/control';
import type { UnitAnswer, UnitAsk } from './contract';

/**
 * What goes over a reporter's socket, both ways as JSON text. A Worker numbers the units of a socket from 1; they are
 * applied in that order and answered in that order, one message for all that share a commit.
 */
export interface Relay {
  /** The number of the first. */
  first: number;
  units: UnitAsk[];
}

/** Answers from number `first` on, durable. */
export interface RelayAnswer {
  first: number;
  answers: SocketAnswer[];
  /** The job's revision and what its worker is told, as their commit left it; null where there is no such job. */
  job: { revision: number; control: Control } | null;
}

/** `none`: there is no such job. `failed`: it met a bug, and nothing of it was applied. */
export type SocketAnswer = UnitAnswer | { outcome: 'none' } | { outcome: 'failed' };

/** The token that the reporter came by was revoked. */
export const REVOKED = 4401;

export interface ReportAsk {
  organization: string;
  /** The generation of the token that the reporter came by. */
  tokens?: number | undefined;
  /** False where its client does not watch the job by another socket. */
  watches?: boolean | undefined;
}

export function reportUrl({ organization, tokens, watches = true }: ReportAsk): string {
  const url = new URL('https://job/report');
  url.searchParams.set('organization', organization);
  if (tokens !== undefined) url.searchParams.set('tokens', String(tokens));
  if (!watches) url.searchParams.set('watches', 'no');
  return url.href;
}

/** Reads what `reportUrl` wrote; null for anything else. */
export function readReportAsk(url: string): ReportAsk | null {
  const { pathname, searchParams } = new URL(url);
  if (pathname !== '/report') return null;
  const tokens = searchParams.has('tokens') ? Number(searchParams.get('tokens')) : undefined;
  return {
    organization: searchParams.get('organization') ?? '',
    tokens,
    watches: searchParams.get('watches') !== 'no',
  };
}
