/** `headway`: the command line. */
import { HeadwayError } from '../client/index.ts';
import { COMMANDS, GROUPS, SHARED } from './commands.ts';
import { Complaint } from './complaint.ts';
import { complete } from './completion.ts';
import { EXIT } from './exit-codes.ts';
import { note } from './note.ts';
import { parserOf, usageCode } from './parser.ts';

declare const HEADWAY_VERSION: string;

// Whoever doesn't read us any more ends nothing.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);

const [word, , ...typed] = process.argv.slice(2);
let exitCode: number = EXIT.ok;
try {
  if (word === 'complete') complete(COMMANDS, GROUPS, SHARED, typed);
  else await parser().parseAsync();
} catch (error) {
  const usage = usageCode(error);
  if (error instanceof HeadwayError) note(refusalOf(error));
  else if (error instanceof Complaint) note(error.message);
  else if (usage === undefined) note(`${error instanceof Error ? error.stack : error}`);
  exitCode = usage ?? EXIT.failed;
}
process.exit(exitCode);

function parser() {
  return parserOf(COMMANDS, GROUPS, SHARED, HEADWAY_VERSION, (code) => {
    exitCode = code;
  });
}

/** A refusal with the fields that were wrong, and what an operator finds the request by. */
function refusalOf({ message, errors, requestId }: HeadwayError): string {
  const fields = errors.map(({ path, message: what }) => `; ${path}: ${what}`).join('');
  return `${message}${fields}${requestId === null ? '' : ` (request ${requestId})`}`;
}
