import type { Said } from '../../domain/line/said';

/** What a program says of its job. */
export interface ChildNews extends Said {
  stage?: string;
}
