/** A job as its object showed it, and the texts that were made of it. Plain data: any request may read it. */
import type { JobView, Want } from '../../objects/job/contract';
export interface JobSnapshot {
  /** Of `snapshotName`. */
  readonly name: string;
  readonly view: JobView;
  /** When the ask or the change began that it is the answer to (ms): it is as old as that. */
  readonly asked: number;
  /** By the mark of their dialect. */
  readonly texts: Map<string, string>;
}

/** The parts of a view that answers show beside its summary: there is a snapshot for each. */
export const PARTS = ['content', 'logs'] as const satisfies (keyof JobView & keyof Want)[];
export type Part = (typeof PARTS)[number];

const ENTRY_BYTES = 500;
const LINE_BYTES = 200;

/** The name of a snapshot. */
export function snapshotName(organization: string, jobId: string, part: Part): string {
  return `${organization}/${jobId.toLowerCase()}/${part}`;
}

/** What RPC hands over may be more than its fields; these alone are shared. */
export function snapshotOf(name: string, { summary, content, logs }: JobView, asked: number): JobSnapshot {
  return { name, view: { summary, content, logs }, asked, texts: new Map() };
}

/** What a snapshot takes of memory at most, in bytes. */
export function weightOf(snapshot: JobSnapshot | null): number {
  if (snapshot === null) return ENTRY_BYTES;
  const { summary, content, logs } = snapshot.view;
  let characters = JSON.stringify(summary).length;
  for (const text of Object.values(content ?? {})) characters += text.length;
  for (const { message } of logs ?? []) characters += message.length;
  for (const text of snapshot.texts.values()) characters += text.length;
  return ENTRY_BYTES + 2 * characters + LINE_BYTES * (logs?.length ?? 0);
}
