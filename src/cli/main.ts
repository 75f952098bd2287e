/** `headway`: the command line. */
import { HeadwayError } from '../client/index.ts';
import { COMMANDS, GROUPS, SHARED } from './commands.ts';
import { Complaint } from './complaint.ts';
import { complete } from './completion.ts';
import { EXIT } from './exit-codes.ts';
import { note } from './note.ts';
import { parserOf, usageCode } from './parser.ts';
import { reasonOf } from './reason-of.ts';

declare const HEADWAY_VERSION: string;

// Whoever reads us no more ends us, as any program of a pipe; `run` writes by itself, and goes on.
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit(EXIT.unread);
  note(`what is found can’t be written: ${message}`);
  process.exit(EXIT.failed);
});
process.stderr.on('error', () => undefined);

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
// That the last line could not be written is told in a later turn.
await new Promise((resolve) => setImmediate(resolve));
process.exit(exitCode);

function parser() {
  return parserOf(COMMANDS, GROUPS, SHARED, HEADWAY_VERSION, (code) => {
    exitCode = code;
  });
}

/** A refusal with the fields that were wrong, and what an operator finds the request by. */
function refusalOf(error: HeadwayError): string {
  const { message, errors, requestId } = error;
  const fields = errors
    .filter(({ path, message: what }) => !message.includes(`${path} ${what}`))
    .map(({ path, message: what }) => `; ${path}: ${what}`);
  return `${reasonOf(error)}${fields.join('')}${requestId === null ? '' : ` (request ${requestId})`}`;
}
