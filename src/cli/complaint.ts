/** What the one who typed the command can mend: its message is for them, its stack is not. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
  /** The exit code that it ends the command with. */
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}
