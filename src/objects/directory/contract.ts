/** What the directory is asked and answers, over RPC. */

/** An organization as the operator sees it. */
export interface OrganizationEntry extends Record<string, SqlStorageValue> {
  organization_id: string;
  name: string;
  /** ms since 1970. */
  created_at: number;
  /** What the provider of sessions calls it; null where it has no members there. Absent in what an older object answers. */
  external_id?: string | null;
}

/** The one list of organizations. */
export interface DirectoryObject {
  /** Enters an organization; entering it again changes nothing. */
  enter(entry: OrganizationEntry): Promise<void>;
  list(): Promise<OrganizationEntry[]>;
  /** Gives an organization its id at the provider, or takes it; `taken` where it is another's, null where there is no such organization. */
  setExternalId(
    organizationId: string,
    externalId: string | null,
  ): Promise<OrganizationEntry | 'taken' | null>;
  /** The organization that the provider calls so; null where there is none. */
  organizationWith(externalId: string): Promise<string | null>;
}
