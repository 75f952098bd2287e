import type { DeletionStep } from '../../domain/access/standing';
import type { AuditTrace } from '../../domain/audit/audit-record';
import type { HeldJob } from '../org-index/contract';

/** What the directory is asked and answers, over RPC. */

/** An organization as the operator sees it. */
export interface OrganizationEntry extends Record<string, SqlStorageValue> {
  organization_id: string;
  name: string;
  /** ms since 1970. */
  created_at: number;
  /** What the provider of sessions calls it; null where it has no members there. Absent in what an older object answers. */
  external_id?: string | null;
  /** Since when it is suspended (ms); null where it is not. Absent in what an older object answers. */
  suspended_at?: number | null;
  /** Since when it is being deleted (ms); null where it is not. Absent in what an older object answers. */
  deleting_at?: number | null;
}

/** What of an entry changes by itself. */
export type EntryChange = Partial<Pick<OrganizationEntry, 'name' | 'suspended_at'>>;

/** How far a deletion is: all that is remembered of it from one step to the next. */
export interface DeletionPlace {
  step: DeletionStep;
  /** The shard whose turn it is. */
  shard: number;
  /** What is being deleted: it may be gone already. */
  page: DeletionPage;
  /** When the organization was closed (ms); null before. */
  closed_at: number | null;
  /** How many of each are gone. */
  webhooks: number;
  hooks: number;
  jobs: number;
}

/** Ids of endpoints or hooks, or jobs of one shard. */
export type DeletionPage = string[] | HeldJob[];

/** A deletion, as the operator sees it. */
export interface Deletion {
  organization_id: string;
  name: string;
  /** ms since 1970. */
  created_at: number;
  requested_at: number;
  /** Who asked for it, and where from; null where nobody wrote that down. Absent in what an older object answers. */
  requested_by?: AuditTrace | null;
  /** Null while it is under way. */
  finished_at: number | null;
  place: DeletionPlace;
}

/** The one list of organizations, and of those that were. */
export interface DirectoryObject {
  /** Enters an organization; entering it again changes nothing. False where it was deleted: its name is given to none. */
  enter(entry: OrganizationEntry): Promise<boolean>;
  /** The first thousand, for a Worker of an older build. */
  list(): Promise<OrganizationEntry[]>;
  /** At most `limit` organizations behind the one with the id `after`, in the order of their ids. */
  page(after: string | null, limit: number): Promise<OrganizationEntry[]>;
  /** An organization, and its deletion where that was begun: the entry is null once it is deleted, both where none ever was. */
  find(organizationId: string): Promise<{ entry: OrganizationEntry | null; deletion: Deletion | null }>;
  /** Changes what `change` names; null where there is no such organization, or it is being deleted. */
  change(organizationId: string, change: EntryChange): Promise<OrganizationEntry | null>;
  /** Gives an organization its id at the provider, or takes it; `taken` where it is another's, null as above. */
  setExternalId(
    organizationId: string,
    externalId: string | null,
    trace?: AuditTrace,
  ): Promise<OrganizationEntry | 'taken' | null>;
  /** The organization that the provider calls so; null where there is none. */
  organizationWith(externalId: string): Promise<string | null>;
  /**
   * Begins to delete an organization with everything it holds, which goes on by itself; again, it answers how far that is.
   * Null where there never was one. `trace` is of who asked first: what it deletes has its audit in it, this stays.
   */
  remove(organizationId: string, trace?: AuditTrace): Promise<Deletion | null>;
}
