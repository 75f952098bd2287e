import { createApp } from './app';
import { makeBulkDO } from './objects/bulk/bulk-do';
import { bulkVerbs } from './services/bulk/bulk-verbs';

export { DirectoryDO } from './objects/directory/directory-do';
export { HookDO } from './objects/hook/hook-do';
export { JobDO } from './objects/job/job-do';
export { OrgDO } from './objects/org/org-do';
export { OrgIndexDO } from './objects/org-index/org-index-do';
export { WebhookDO } from './objects/webhook/webhook-do';

export const BulkDO = makeBulkDO(bulkVerbs);

export default createApp();
