/** What the directory is asked and answers, over RPC. */

/** An organization as the operator sees it. */
export interface OrganizationEntry extends Record<string, SqlStorageValue> {
  organization_id: string;
  name: string;
  /** ms since 1970. */
  created_at: number;
}

/** The one list of organizations. */
export interface DirectoryObject {
  /** Enters an organization; entering it again changes nothing. */
  enter(entry: OrganizationEntry): Promise<void>;
  list(): Promise<OrganizationEntry[]>;
}
