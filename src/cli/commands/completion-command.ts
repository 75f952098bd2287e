import { command } from '../command.ts';
import { Complaint } from '../complaint.ts';
import { printScript, SHELLS } from '../completion.ts';
import { EXIT } from '../exit-codes.ts';

export const COMPLETION = command({
  name: 'completion',
  args: '<shell>',
  about: `print what makes a shell complete these commands: ${SHELLS.join(', ')}`,
  options: [],
  more: `Once, in the shell's own start: \`eval "$(headway completion bash)"\`, the same with \`zsh\`, and for fish
\`headway completion fish | source\`.`,
  async act([shell = '']) {
    if (!SHELLS.some((one) => one === shell)) {
      throw new Complaint(`${JSON.stringify(shell)} is none of ${SHELLS.join(', ')}`, EXIT.usage);
    }
    printScript(shell);
    return EXIT.ok;
  },
});
