import type { HeadwayOptions } from './headway.ts';
import { HeadwayError } from './headway-error.ts';
import { variable } from './host.ts';
import { OrganizationHeadway } from './organization-headway.ts';
import type { WorkerJob } from './worker-job.ts';

/** One organization at one service, as a process is told of it. */
export class Headway extends OrganizationHeadway {
  /**
   * By the environment: `HEADWAY_URL` and `HEADWAY_API_KEY`, or a job’s token in `HEADWAY_REPORT_URL`
   * (`https://host/r/hwt_…`), whose job `HEADWAY_JOB_ID` names. `options` win.
   */
  static fromEnv(options: Partial<HeadwayOptions> = {}): Headway {
    const [, origin, token] =
      /^(https?:\/\/[^/]+)\/r\/([\w.~-]+)/.exec(variable('HEADWAY_REPORT_URL') ?? '') ?? [];
    const url = options.url ?? variable('HEADWAY_URL') ?? origin;
    const apiKey = options.apiKey ?? variable('HEADWAY_API_KEY') ?? token;
    if (url === undefined || apiKey === undefined) {
      throw new HeadwayError('unauthenticated', 'set HEADWAY_URL and HEADWAY_API_KEY, or HEADWAY_REPORT_URL');
    }
    return new Headway({ ...options, url, apiKey });
  }

  /** Works on a job that is there, beside others perhaps; by the environment on that of `HEADWAY_JOB_ID`. */
  override attach(id: string | undefined = variable('HEADWAY_JOB_ID')): WorkerJob {
    if (id !== undefined) return super.attach(id);
    throw new HeadwayError('not_found', 'attach to which job? HEADWAY_JOB_ID is not set');
  }
}
