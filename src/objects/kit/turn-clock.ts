/** The turn's number, one more for each, and when it began (ms). */
interface Turn extends Record<string, SqlStorageValue> {
  period: number;
  since: number;
}

/**
 * Whose turn it is among tables that are written for `span` ms each. The turn stands in `book`, a table of one row, with
 * its beginning: another span holds from the next turn on and drops nothing by itself.
 */
export class TurnClock {
  readonly #sql: SqlStorage;
  readonly #book: string;
  readonly #span: number;
  readonly #renew: (from: number, to: number) => void;
  #turn: Turn | null = null;

  /** `renew` makes the tables anew whose turns come after `from`, up to `to`. */
  constructor(sql: SqlStorage, book: string, span: number, renew: (from: number, to: number) => void) {
    this.#sql = sql;
    this.#book = book;
    this.#span = span;
    this.#renew = renew;
  }

  /**
   * The turn for rows of `now`; tables whose turns have come since are made anew: what they held is past its time. A
   * clock that goes back turns nothing, and its rows stand among the newest. The caller writes to the turn's table.
   */
  at(now: number): number {
    this.#turn ??= this.#stored() ?? this.#begin(now);
    const { period, since } = this.#turn;
    const turns = Math.floor((now - since) / this.#span);
    if (turns > 0) {
      const turned = { period: period + turns, since: since + turns * this.#span };
      this.#renew(period, turned.period);
      this.#sql.exec(`UPDATE ${this.#book} SET period = ?, since = ?`, turned.period, turned.since);
      this.#turn = turned;
    }
    return this.#turn.period;
  }

  /** Has the next turn begin at `now`, before its time. */
  hasten(now: number): number {
    const period = this.at(now) + 1;
    this.#renew(period - 1, period);
    this.#sql.exec(`UPDATE ${this.#book} SET period = ?, since = ?`, period, now);
    this.#turn = { period, since: now };
    return period;
  }

  /** Clears what it keeps, once a transaction was rolled back. */
  forget(): void {
    this.#turn = null;
  }

  #stored(): Turn | null {
    return this.#sql.exec<Turn>(`SELECT period, since FROM ${this.#book}`).toArray()[0] ?? null;
  }

  #begin(now: number): Turn {
    const turn = { period: Math.floor(now / this.#span), since: now };
    this.#sql.exec(`INSERT INTO ${this.#book} (period, since) VALUES (?, ?)`, turn.period, turn.since);
    return turn;
  }
}
