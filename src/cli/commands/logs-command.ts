import { setTimeout as sleep } from 'node:timers/promises';
import { isAway } from '../../client/headway-error.ts';
import { HeadwayError, type LogLine } from '../../client/index.ts';
import { LogReader } from '../../client/log-reader.ts';
import { command } from '../command.ts';
import { connect } from '../connect.ts';
import { saysWhenLost } from '../connection.ts';
import { EXIT } from '../exit-codes.ts';
import { untilInterrupted } from '../interrupted.ts';
import { note } from '../note.ts';
import { print, stdoutLook } from '../output.ts';
import type { Flags } from '../settings.ts';
import { clean } from '../terminal/fitted.ts';
import { dim, paint } from '../terminal/look.ts';

interface Options extends Flags {
  follow?: boolean;
  level?: 'info' | 'warn' | 'error';
  output?: 'jsonl';
}

/** How long before a service that is away is asked again, where it does not say (ms). */
const AGAIN = 1_000;
const TONES = { info: 'quiet', warn: 'warning', error: 'bad' } as const;

export const LOGS = command<Options>({
  name: 'logs',
  args: '<id>',
  about: 'print the log of a job: its lines, errors, warnings and events',
  options: [
    { flags: '-f, --follow', about: 'go on until the job has ended' },
    { flags: '--level <level>', about: 'of this level alone', choices: ['info', 'warn', 'error'] },
    { flags: '-o, --output <form>', about: 'a line of JSON each', choices: ['jsonl'] },
  ],
  async act([id = ''], { follow = false, level, output, ...flags }) {
    const headway = await connect(flags);
    const reader = new LogReader(headway, id, { level });
    const see = output === 'jsonl' ? (line: LogLine) => print(JSON.stringify(line)) : show;
    return untilInterrupted(async (signal) => {
      const readOn = async () => {
        for await (const lines of reader.readOn(signal)) for (const line of lines) see(line);
      };
      await readOn();
      if (!follow) return EXIT.ok;
      const told = saysWhenLost(note);
      for await (const _ of headway.watch(id, { signal, told })) await onceThere(readOn, told, signal);
      await onceThere(readOn, told, signal);
      return EXIT.ok;
    });
  },
});

/** Does what can be done again where it broke off, until the service is there for it. */
async function onceThere(
  act: () => Promise<void>,
  told: (connected: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await act();
      return told(true);
    } catch (error) {
      if (!(error instanceof HeadwayError) || !isAway(error)) throw error;
      told(false);
      await sleep(error.retryAfter ?? AGAIN, undefined, { signal });
    }
  }
}

function show({ timestamp, level, kind, message }: LogLine): void {
  const { look } = stdoutLook();
  const word = kind === 'log' ? level : kind;
  print(`${dim(look, timestamp)}  ${paint(look, TONES[level], word.padEnd(7))}  ${clean(message)}`);
}
