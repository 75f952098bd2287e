import { type Limits, standardIn } from '../../domain/access/limits';

/** The setting that the standard limits are read from. */
export interface LimitVariables {
  /** What limits of organizations are by default, where it is something else: JSON, `{"reports_per_second": 500}`. */
  LIMITS?: string;
}

const read = new WeakMap<LimitVariables, Limits>();

/** The limits of organizations whose own are not set, read once an environment. Throws where the setting is none. */
export function standardOf(env: LimitVariables): Limits {
  const limits = read.get(env) ?? standardIn(env.LIMITS);
  read.set(env, limits);
  return limits;
}
