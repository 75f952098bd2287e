/** What has happened, in words: `fetch` hides that behind a message of its own. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: unknown };
  const hidden = cause === undefined || cause === null ? '' : hiddenIn(cause);
  const said = message ?? String(error);
  return hidden === '' || said.includes(hidden) ? said : `${said}: ${hidden}`;
}

/** The last of what was caused by something else. Of several at once, one an address of the host, the code is the same. */
function hiddenIn(cause: unknown): string {
  const {
    message = '',
    code = '',
    cause: further,
  } = cause as { message?: string; code?: string; cause?: unknown };
  return further === undefined || further === null ? message || code : hiddenIn(further);
}
