/** Work that waits for others amid what it does to one thing: the next begins once the one before is over, done or broken. */
export class OneAtATime {
  #before: Promise<unknown> = Promise.resolve();

  run<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#before.then(work, work);
    this.#before = answer;
    return answer;
  }
}
