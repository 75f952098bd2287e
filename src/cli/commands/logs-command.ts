import type { LogLine } from '../../client/index.ts';
import { LogReader } from '../../client/log-reader.ts';
import { command } from '../command.ts';
import { connect } from '../connect.ts';
import { saysWhenLost } from '../connection.ts';
import { EXIT } from '../exit-codes.ts';
import { untilInterrupted } from '../interrupted.ts';
import { note } from '../note.ts';
import { onceThere } from '../once-there.ts';
import { print, stdoutLook } from '../output.ts';
import type { Flags } from '../settings.ts';
import { clean } from '../terminal/fitted.ts';
import { dim, paint } from '../terminal/look.ts';

interface Options extends Flags {
  follow?: boolean;
  level?: 'info' | 'warn' | 'error';
  output?: 'jsonl';
}

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
      const readAlong = async () => {
        for await (const _ of headway.watch(id, { signal, told })) await onceThere(readOn, told, signal);
      };
      await onceThere(readAlong, told, signal);
      await onceThere(readOn, told, signal);
      return EXIT.ok;
    });
  },
});

function show({ timestamp, level, kind, message }: LogLine): void {
  const { look } = stdoutLook();
  const word = kind === 'log' ? level : kind;
  print(`${dim(look, timestamp)}  ${paint(look, TONES[level], word.padEnd(7))}  ${clean(message)}`);
}
