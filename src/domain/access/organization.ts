const ORGANIZATION = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** Whether a text has the form of an organization's id. Source: behaviour §4. */
export function isOrganizationId(text: string): boolean {
  return ORGANIZATION.test(text);
}
