import { noSuchJob } from '../../services/jobs/no-such-job';
import type { Check } from './check';

/** For a token, every job but its own is none. */
export const tokenJob: Check = {
  name: 'the job is the token’s own',
  refuses: ['job_not_found'],
  at({ checked }) {
    if (checked === null || checked.access === 'open' || checked.access === 'admin') return null;
    return ({ caller, params }) => {
      const token = caller?.token;
      const job = params.job_id ?? params.id ?? token?.job_id;
      return token === undefined || job?.toLowerCase() === token.job_id ? null : noSuchJob().rejection;
    };
  },
};
