/** The service with objects that count the rows they write: those of their SQL as the cursors say, and one for each alarm set or taken away. */
import type { Namespaces } from '../../src/objects/address';
import { JobDO as ServiceJob } from '../../src/objects/job/job-do';
import { OrgDO as ServiceOrg } from '../../src/objects/org/org-do';
import { OrgIndexDO as ServiceIndex } from '../../src/objects/org-index/org-index-do';
import service from '../../src/worker';
import type { RowCounts } from './row-counts';

export * from '../../src/worker';

const counts: RowCounts = { job: 0, jobAlarm: 0, index: 0, indexAlarm: 0, organization: 0 };

export class JobDO extends ServiceJob {
  constructor(...made: ConstructorParameters<typeof ServiceJob>) {
    countRows(made[0].storage, 'job', 'jobAlarm');
    super(...made);
  }
}

export class OrgIndexDO extends ServiceIndex {
  constructor(...made: ConstructorParameters<typeof ServiceIndex>) {
    countRows(made[0].storage, 'index', 'indexAlarm');
    super(...made);
  }
}

export class OrgDO extends ServiceOrg {
  constructor(...made: ConstructorParameters<typeof ServiceOrg>) {
    countRows(made[0].storage, 'organization', 'organization');
    super(...made);
  }
}

function countRows(storage: DurableObjectStorage, rows: keyof RowCounts, alarms: keyof RowCounts): void {
  const { sql, setAlarm, deleteAlarm } = storage;
  const { exec } = sql;
  sql.exec = ((...query: Parameters<SqlStorage['exec']>) => {
    const cursor = exec.apply(sql, query);
    // A statement that answers rows goes on while they are read.
    queueMicrotask(() => {
      counts[rows] += cursor.rowsWritten;
    });
    return cursor;
  }) as SqlStorage['exec'];
  storage.setAlarm = (...at) => {
    counts[alarms] += 1;
    return setAlarm.apply(storage, at);
  };
  storage.deleteAlarm = (...options) => {
    counts[alarms] += 1;
    return deleteAlarm.apply(storage, options);
  };
}

export default {
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname === '/rows-written') return Response.json(counts);
    return service.fetch(request, env as never, ctx);
  },
} satisfies ExportedHandler<Namespaces>;
