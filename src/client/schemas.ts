/**
 * What the client sends and is answered, by the names in openapi.json. `npm run openapi` writes this file from the
 * schemas.
 */
export interface Schemas {
  ApiKey: {
    key_id: string;
    name: string;
    permissions: Array<"job:create" | "job:read" | "job:cancel" | "webhook:manage" | "key:manage" | "audit:read" | "metrics:read">;
    /** The types of its jobs; null for all. */
    job_types: Array<string> | null;
    expires_at: string | null;
    created_at: string;
    /** Null where the operator made it, or nobody knows. */
    created_by: {
      type: "key" | "member";
      id: string;
    } | null;
    /** The hour in which it was last used. */
    last_used_at: string | null;
    /** Until when the secret before its last rotation opens it too. */
    older_secret_until: string | null;
    revoked_at: string | null;
  };
  ApiKeyList: {
    keys: Array<Schemas['ApiKey']>;
    next_cursor: string | null;
  };
  AuditList: {
    records: Array<Schemas['AuditRecord']>;
    next_cursor: string | null;
  };
  AuditRecord: {
    /** Where it is kept and its number there, which has no holes: org.17, 0.5. What is absent between two was never there, or is past its 90 days. */
    id: string;
    at: string;
    actor: {
      type: "key" | "member" | "hook" | "operator" | "service";
      id: string;
      /** As it was called then. */
      name: string | null;
    };
    action: "organization.create" | "organization.change" | "organization.suspend" | "organization.resume" | "key.create" | "key.change" | "key.rotate" | "key.revoke" | "session.create" | "session.end" | "webhook.create" | "webhook.change" | "webhook.rotate" | "webhook.delete" | "webhook.disable" | "hook.create" | "hook.change" | "hook.rotate" | "hook.delete" | "token.create" | "token.revoke" | "job.cancel" | "job.rerun" | "job.delete" | "job.bulk_cancel" | "job.bulk_rerun" | "job.bulk_delete" | "audit.read" | "refusals.counted";
    target: {
      type: "organization" | "key" | "session" | "webhook" | "hook" | "token" | "job" | "audit" | "credential";
      id: string | null;
    };
    outcome: "done" | "refused";
    /** Why it was refused. */
    code?: string | undefined;
    /** What may hold a secret, or somebody’s text, is named without its values. */
    changes?: Array<{
      field: string;
      from?: unknown | undefined;
      to?: unknown | undefined;
    }> | undefined;
    /** Of refusals.counted: how many there were. */
    count?: number | undefined;
    request_id: string | null;
    /** The network of the sender, a /24 or a /48; null where that can’t be told. */
    address: string | null;
    user_agent: string | null;
  };
  BulkCancel: {
    filter?: Schemas['BulkFilter'] | undefined;
    job_ids?: Array<string> | undefined;
    /** Answers the count alone, and does nothing. Default: false. */
    dry_run?: boolean | undefined;
    /** The same for all. */
    reason?: string | undefined;
  };
  BulkCount: {
    count: number;
    /** There may be more: a filter is counted up to 10,000 jobs or so, and through some 100,000 that it passes over in each shard, of many tags 20,000. */
    at_least: boolean;
  };
  BulkDelete: {
    filter?: Schemas['BulkFilter'] | undefined;
    job_ids?: Array<string> | undefined;
    /** Answers the count alone, and does nothing. Default: false. */
    dry_run?: boolean | undefined;
  };
  /** As the list’s, its lists as arrays. It must name something. */
  BulkFilter: {
    status?: Array<"pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled" | "running"> | undefined;
    job_type?: string | undefined;
    category?: "seo" | "ai" | "sync" | "export" | undefined;
    health?: Array<"ok" | "late" | "stalled"> | undefined;
    tag?: Array<string> | undefined;
    triggered_by?: string | undefined;
    name?: string | undefined;
    /** What the name or the id begins with, ASCII letters in either case. */
    q?: string | undefined;
    parent_job_id?: string | undefined;
    rerun_of?: string | undefined;
    /** A chain of reruns, its first job included. */
    root_job_id?: string | undefined;
    /** RFC 3339, or as programs write it: a day alone, without seconds or offset (UTC), or s or ms since 1970. */
    created_after?: string | number | undefined;
    /** RFC 3339, or as programs write it: a day alone, without seconds or offset (UTC), or s or ms since 1970. */
    created_before?: string | number | undefined;
  };
  BulkHandle: {
    job_id: string;
    job_type: "bulk_cancel" | "bulk_rerun" | "bulk_delete";
    /** How many jobs it takes in, as far as that is known. */
    total_items: number;
    links: {
      job: string;
      stream: string;
      errors: string;
      cancel: string;
    };
  };
  BulkRerun: {
    filter?: Schemas['BulkFilter'] | undefined;
    job_ids?: Array<string> | undefined;
    /** Answers the count alone, and does nothing. Default: false. */
    dry_run?: boolean | undefined;
    items?: "all" | "failed" | undefined;
  };
  CancelJob: {
    reason?: string | null | undefined;
    /** Its pending and running children too: by a bulk operation, which `bulk_job_id` shows. Default: false. */
    children?: boolean | null | undefined;
  };
  Cancellation: {
    reason: string | null;
    /** UTC with milliseconds. */
    requested_at: string;
    /** The id of the key, or of the member, that asked. */
    requested_by: string;
    acknowledged_at: string | null;
    /** The mark of the worker that noticed. */
    acknowledged_with: "completed" | "failed" | null;
  };
  CancelledWithControl: {
    /** Items that failed: the counter or the distinct failed entities, whichever is larger. */
    failed_items: number;
    job_id: string;
    job_type: string;
    /** Items successfully processed. */
    processed_items: number;
    progress_percentage: number;
    status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
    success_rate: number;
    total_items: number;
    completed_at: string | null;
    /** UTC with milliseconds. */
    created_at: string;
    duration_seconds: number | null;
    /** @deprecated */
    error_message: string | null;
    started_at: string | null;
    triggered_by: string | null;
    warned_items: number;
    organization_id: string;
    name: string;
    category: "seo" | "ai" | "sync" | "export";
    tags: Array<string>;
    failed_entities_capped: boolean;
    warned_entities_capped: boolean;
    rate_per_second: number | null;
    eta_at: string | null;
    /** Half of the jobs of its type took no longer when it was made; null where too few had ended. */
    typical_seconds: number | null;
    stage: string | null;
    last_message: string | null;
    last_report_at: string | null;
    cancellation: Schemas['Cancellation'] | null;
    errors_total: number;
    warnings_total: number;
    logs_total: number;
    errors_by_type: Record<string, number>;
    rerun_of: string | null;
    root_job_id: string;
    rerun_number: number;
    /** The job that this one is a child of. */
    parent_job_id: string | null;
    heartbeat_timeout_seconds: number | null;
    timeout_seconds: number | null;
    health: "ok" | "late" | "stalled";
    retention_days: number;
    /** Where more of it is shown: http or https. */
    details_url: string | null;
    revision: number;
    /** The newest 100, oldest first. */
    errors?: Array<Schemas['JobErrorResponse']> | undefined;
    metadata?: Record<string, unknown> | undefined;
    /** The newest 100, oldest first. */
    warnings?: Array<Schemas['JobErrorResponse']> | undefined;
    /** Any JSON. */
    result?: unknown | undefined;
    applied?: boolean | undefined;
    reason?: "duplicate" | "stale" | "job_terminal" | "already_ended" | "ignored" | undefined;
    /** The revision this report reached when it was first applied. */
    applied_revision?: number | undefined;
    last_sequence?: number | undefined;
    /** What was kept otherwise than it came. */
    adjusted?: Array<{
      path: string;
      reason: "cut" | "shortened" | "repaired" | "converted" | "time_of_arrival" | "bound";
    }> | undefined;
    /** What could not be taken beside the end of a job. */
    ignored?: Array<{
      path: string;
      message: string;
    }> | undefined;
    control: Schemas['Control'];
    /** The job that shows how far its children are cancelled; absent where they are not. */
    bulk_job_id?: string | undefined;
  };
  ChangeKey: {
    name?: string | undefined;
    permissions?: Array<"job:create" | "job:read" | "job:cancel" | "webhook:manage" | "key:manage" | "audit:read" | "metrics:read"> | undefined;
    /** In place of permissions: worker (job:create, job:read), viewer (job:read), operator (job:create, job:read, job:cancel), admin (all). */
    preset?: "worker" | "viewer" | "operator" | "admin" | undefined;
    /** There are jobs of these types alone for it; null for all. Not with webhook:manage, key:manage or audit:read. */
    job_types?: Array<string> | null | undefined;
    /** RFC 3339, before the year 10000 in UTC; null for a key that does not expire. */
    expires_at?: string | null | undefined;
  };
  /** Null takes a limit back to its default; what is absent stays. */
  ChangeLimits: {
    /** Jobs made in a minute. 30000 by default, 10000000 at most. */
    creates_per_minute?: number | null | undefined;
    /** Jobs made at once, after a while of none. 5000 by default, 10000000 at most. */
    creates_burst?: number | null | undefined;
    /** Reports on one job in a second. 200 by default, 1000000 at most. */
    reports_per_second?: number | null | undefined;
    /** Reports on one job at once. 1000 by default, 10000000 at most. */
    reports_burst?: number | null | undefined;
    /** Jobs that have not ended. 1000000 by default, 100000000 at most. */
    jobs?: number | null | undefined;
    /** Bytes stored of one job: from there on what is new takes the place of what is oldest. 67108864 by default, 1073741824 at most. */
    job_bytes?: number | null | undefined;
    /** Webhook endpoints. 100 by default, 1000 at most. */
    webhooks?: number | null | undefined;
    /** Webhook endpoints with the same URL. 4 by default, 100 at most. */
    endpoints_per_url?: number | null | undefined;
    /** Webhook deliveries under way. 400 by default, 4000 at most. */
    deliveries?: number | null | undefined;
    /** Webhook deliveries under way to one host. 64 by default, 4000 at most. */
    deliveries_per_host?: number | null | undefined;
    /** Inbound hooks. 100 by default, 1000 at most. */
    hooks?: number | null | undefined;
    /** API keys, the revoked and the expired aside. 100 by default, 1000 at most. */
    keys?: number | null | undefined;
    /** Tokens for a filter, the ended aside. 1000 by default, 10000 at most. */
    filter_tokens?: number | null | undefined;
    /** Sign-ins by a key. 1000 by default, 10000 at most. */
    sessions?: number | null | undefined;
    /** Streams and sockets that one credential holds open, in each place the service runs. 1000 by default, 100000 at most. */
    streams?: number | null | undefined;
    /** Requests of one credential that wait for a change, in each place the service runs. 1000 by default, 100000 at most. */
    waits?: number | null | undefined;
    /** Bytes of the feed’s events, parted among the shards, each of which has a bound of its own: from there on the oldest go. 137438953472 by default, 1099511627776 at most. */
    feed_bytes?: number | null | undefined;
  };
  ChangeOrganization: {
    name?: string | undefined;
    /** The id that the provider of sessions has for it: its members there are members here. Unique; null for none. */
    external_id?: string | null | undefined;
    limits?: Schemas['ChangeLimits'] | undefined;
    /** Over how many shards of the index new jobs are spread: as many as there are, or more. Nothing is moved; new jobs come to new shards two minutes later. */
    shards?: number | undefined;
  };
  ChangeWebhook: {
    /** https, to a named host. */
    url?: string | undefined;
    /** Null for all. */
    event_types?: Array<"job.created" | "job.started" | "job.stage_changed" | "job.progressed" | "job.stalled" | "job.recovered" | "job.cancelled" | "job.cancel_acknowledged" | "job.completed" | "job.failed" | "job.deleted" | "endpoint.disabled"> | null | undefined;
    /** Null for all. */
    job_types?: Array<string> | null | undefined;
    /** Events of jobs in these statuses alone; null for all. */
    statuses?: Array<"pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled"> | null | undefined;
    /** The event itself (standard), or a line for people as Slack, Discord, Teams or ntfy takes it. */
    format?: "standard" | "slack" | "discord" | "teams" | "ntfy" | undefined;
    /** Up to 5 headers sent with each delivery, never shown again. Null for none. */
    headers?: Record<string, string> | null | undefined;
    description?: string | null | undefined;
    enabled?: boolean | undefined;
  };
  ChildList: {
    jobs: Array<Schemas['JobSummary']>;
    rollup: Schemas['Rollup'];
    next_cursor: string | null;
  };
  Control: {
    cancel: {
      reason: string | null;
      /** UTC with milliseconds. */
      requested_at: string;
      /** The id of the key, or of the member, that asked. */
      requested_by: string;
    } | null;
    /** When to speak again: 2 while anyone watches, else 15, and never more than a third of the heartbeat timeout. */
    next_report_in_seconds: number;
  };
  CreateFilterToken: {
    scope: "picture" | "read";
    filter: {
      job_type?: string | null | undefined;
      tag?: string | null | undefined;
    };
    /** Seconds; 3,600 by default, 365 days at most for pictures, else 30. */
    expires_in?: number | null | undefined;
  };
  CreateHook: {
    /** A part of the URL, so it stays. */
    name: string;
    verification: Schemas['HookVerification'];
    mapping: Schemas['HookMapping'];
  };
  CreateJob: {
    job_type: string;
    total_items: number;
    metadata?: Record<string, unknown> | null | undefined;
    triggered_by?: string | null | undefined;
    name?: string | null | undefined;
    category?: "seo" | "ai" | "sync" | "export" | null | undefined;
    tags?: Array<string> | null | undefined;
    heartbeat_timeout_seconds?: number | null | undefined;
    timeout_seconds?: number | null | undefined;
    retention_days?: number | null | undefined;
    details_url?: string | null | undefined;
    /** A job of the organization that is no child itself. It may have 10,000 children. */
    parent_job_id?: string | null | undefined;
  };
  CreateKey: {
    name: string;
    permissions?: Array<"job:create" | "job:read" | "job:cancel" | "webhook:manage" | "key:manage" | "audit:read" | "metrics:read"> | undefined;
    /** In place of permissions: worker (job:create, job:read), viewer (job:read), operator (job:create, job:read, job:cancel), admin (all). */
    preset?: "worker" | "viewer" | "operator" | "admin" | undefined;
    /** There are jobs of these types alone for it; null for all. Not with webhook:manage, key:manage or audit:read. */
    job_types?: Array<string> | null | undefined;
    /** RFC 3339, before the year 10000 in UTC; null for a key that does not expire. */
    expires_at?: string | null | undefined;
  };
  CreateOrganization: {
    organization_id: string;
    name: string;
  };
  CreateToken: {
    scope: "picture" | "read" | "report";
    /** Seconds; 3,600 by default, 365 days at most for pictures, 30 for the rest. */
    expires_in?: number | null | undefined;
    /** Whether GET acts on the paths of the one-line worker. Default: false. */
    allow_get?: boolean | null | undefined;
  };
  CreateWebhook: {
    /** https, to a named host. */
    url: string;
    /** Null for all. */
    event_types?: Array<"job.created" | "job.started" | "job.stage_changed" | "job.progressed" | "job.stalled" | "job.recovered" | "job.cancelled" | "job.cancel_acknowledged" | "job.completed" | "job.failed" | "job.deleted" | "endpoint.disabled"> | null | undefined;
    /** Null for all. */
    job_types?: Array<string> | null | undefined;
    /** Events of jobs in these statuses alone; null for all. */
    statuses?: Array<"pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled"> | null | undefined;
    /** The event itself (standard), or a line for people as Slack, Discord, Teams or ntfy takes it. */
    format?: "standard" | "slack" | "discord" | "teams" | "ntfy" | undefined;
    /** Up to 5 headers sent with each delivery, never shown again. Null for none. */
    headers?: Record<string, string> | null | undefined;
    description?: string | null | undefined;
    enabled?: boolean | undefined;
  };
  Delivery: {
    delivery_id: string;
    /** The webhook-id header: the same at every attempt. */
    event_id: string;
    event_type: string;
    job_id: string | null;
    revision: number | null;
    status: "pending" | "retrying" | "delivered" | "exhausted";
    queued_at: string;
    next_attempt_at: string | null;
    /** Oldest first, the newest 20. */
    attempts: Array<Schemas['DeliveryAttempt']>;
    sent: Schemas['DeliverySent'] | null;
  };
  DeliveryAttempt: {
    at: string;
    /** Of HTTP; null without an answer in time. */
    status: number | null;
    duration_ms: number;
    error: "timeout" | "connection" | "destination" | "secret" | null;
    /** Its first KiB. */
    answer: string;
  };
  DeliveryList: {
    deliveries: Array<Schemas['Delivery']>;
    next_cursor: string | null;
  };
  /** What the newest attempt sent; null where nothing was, or where that was not kept yet. */
  DeliverySent: {
    /** Without its query. */
    url: string;
    /** The event itself (standard), or a line for people as Slack, Discord, Teams or ntfy takes it. */
    format: "standard" | "slack" | "discord" | "teams" | "ntfy";
    /** The endpoint’s own, and the signature, are … here. */
    headers: Record<string, string>;
    /** Of the whole body. */
    bytes: number;
    /** Its first 4 KiB. */
    body: string;
  };
  EndedJobs: {
    /** How many this is of: the last 1,000 that ended, or as many as there were. */
    jobs: number;
    outcomes: Array<{
      status: "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
      count: number;
      share: number;
    }>;
    /** From start to end, of those that were started; null where none was. */
    duration_seconds: {
      p50: number | null;
      p95: number | null;
      p99: number | null;
    };
  };
  /** A webhook endpoint was disabled: the message says why. */
  EndpointDisabledEvent: {
    /** `<webhook id>.<n>.endpoint.disabled` */
    id: string;
    type: "endpoint.disabled";
    /** UTC with milliseconds. */
    at: string;
    job_id: null;
    revision: null;
    data: {
      webhook_id: string;
      url: string;
      message: string;
    };
  };
  EventPage: {
    events: Array<{
      id: string;
      type: string;
      /** UTC with milliseconds. */
      at: string;
      job_id: string;
      revision: number;
      data: Record<string, unknown>;
    }>;
    next_cursor: string | null;
    /** Entries behind the cursor that newer ones have pushed out, whatever the filter; absent where there are none. */
    dropped?: number | undefined;
  };
  FeedPage: {
    events: Array<Schemas['JobCreatedEvent'] | Schemas['JobStartedEvent'] | Schemas['JobStageChangedEvent'] | Schemas['JobProgressedEvent'] | Schemas['JobStalledEvent'] | Schemas['JobRecoveredEvent'] | Schemas['JobCancelledEvent'] | Schemas['JobCancelAcknowledgedEvent'] | Schemas['JobCompletedEvent'] | Schemas['JobFailedEvent'] | Schemas['JobDeletedEvent'] | Schemas['EndpointDisabledEvent']>;
    /** Always there: what it leads to is what comes next. */
    next_cursor: string;
  };
  FilterToken: {
    token_id: string;
    /** The key that made it. */
    key_id: string;
    scope: "picture" | "read";
    /** The jobs that there are for it; null for any. */
    filter: {
      job_type: string | null;
      tag: string | null;
    };
    created_at: string;
    expires_at: string;
  };
  FilterTokenList: {
    tokens: Array<Schemas['FilterToken']>;
    next_cursor: string | null;
  };
  Heartbeat: {
    status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
    revision: number;
    control: Schemas['Control'];
  };
  Hook: {
    hook_id: string;
    name: string;
    /** Where the sender posts to. Its last part is a secret. */
    url: string;
    /** Until when the URL before the last rotation is served too. */
    older_url_until: string | null;
    /** Without its secret; with hmac the whole description. */
    verification: {
      scheme: "alertmanager" | "bitbucket" | "calendly" | "discord" | "github" | "gitlab" | "hubspot" | "jira" | "linear" | "mux" | "paddle" | "pagerduty" | "sendgrid" | "sentry" | "shopify" | "slack" | "square" | "standard_webhooks" | "standard_webhooks_v1a" | "stripe" | "svix" | "trello" | "twilio" | "twitch" | "typeform" | "woocommerce" | "workos" | "xero" | "zendesk" | "hmac" | "ed25519" | "ecdsa-p256" | "header" | "basic" | "token";
    };
    mapping: {
      action: "create" | "report";
      from: Record<string, string | {
        template: string;
      }>;
      set: Record<string, unknown>;
      when?: Array<{

      }> | undefined;
      each?: string | undefined;
      once?: {
        by: string;
        within?: number | undefined;
      } | undefined;
      answer?: "line" | undefined;
    };
    created_at: string;
    /** Null where the operator made it, or nobody knows. */
    created_by: {
      type: "key" | "member";
      id: string;
    } | null;
    updated_at: string;
  };
  HookArrivals: {
    arrivals: Array<{
      at: string;
      verdict: "applied" | "replayed" | "skipped" | "ignored" | "handshake" | "refused";
      /** The HTTP status of the answer. */
      status: number;
      /** Why it was skipped or refused: a code, or signature_missing, signature_wrong, timestamp_missing, timestamp_outside_tolerance, id_missing behind a 404. */
      code: string | null;
      detail: string | null;
      errors: Array<{
        path: string;
        message: string;
      }>;
      job_id: string | null;
      /** The delivery’s id, where it is signed. */
      delivery_id: string | null;
      /** The type it came with. */
      content_type: string | null;
      /** Where each item of an array is mapped: how many came to which verdict. */
      items?: Record<string, number> | undefined;
      /** What of the mapped body is kept otherwise than it came; an empty path is the payload. */
      adjusted?: Array<{
        path: string;
        reason: "cut" | "shortened" | "repaired" | "converted" | "time_of_arrival" | "bound";
      }> | undefined;
      /** What stood beside an end and could not be taken. */
      ignored?: Array<{
        path: string;
        message: string;
      }> | undefined;
    }>;
    /** All deliveries by verdict, ever since they are counted. */
    counts: {
      applied: number;
      replayed: number;
      skipped: number;
      ignored: number;
      handshake: number;
      refused: number;
    };
    next_cursor: string | null;
    /** Arrivals behind the cursor that newer ones have pushed out since. */
    dropped?: number | undefined;
  };
  HookCondition: {
    /** A JSON Pointer (RFC 6901). */
    pointer?: string | undefined;
    /** The name of a header. */
    header?: string | undefined;
    equals?: string | number | boolean | null | undefined;
    in?: Array<string | number | boolean | null> | undefined;
    /** What a text begins with. */
    prefix?: string | undefined;
    exists?: boolean | undefined;
    /** None of these. */
    not?: string | number | boolean | null | Array<string | number | boolean | null> | undefined;
  };
  HookHandshake: {
    kind: "slack" | "echo" | "meta" | "zoom" | "event_grid" | "twitch" | "discord" | "trello" | "woocommerce";
    /** echo: where the challenge is. */
    pointer?: string | null | undefined;
    /** echo. Default text. */
    as?: "text" | "json" | null | undefined;
    /** meta: what was agreed on. Never shown again. */
    verify_token?: string | null | undefined;
  };
  HookList: {
    hooks: Array<Schemas['Hook']>;
    next_cursor: string | null;
  };
  HookMapping: {
    action: "create" | "report";
    from?: Record<string, string | {
      template: string;
    }> | null | undefined;
    set?: Record<string, unknown> | null | undefined;
    /** All of them; the rest is ignored. */
    when?: Array<Schemas['HookCondition']> | null | undefined;
    /** Where an array is, of 200 items at most: each is mapped by itself. */
    each?: string | null | undefined;
    /** What makes two deliveries one and the same. */
    once?: Schemas['HookOnce'] | null | undefined;
    /** A new job’s report URL, as text. */
    answer?: "line" | null | undefined;
  };
  HookOnce: {
    by: string;
    /** Seconds. Default: as long as the job. */
    within?: number | null | undefined;
  };
  HookTrial: {
    action: "create" | "report";
    /** Whether it would pass without effect: by `when`, or as a handshake. */
    ignored: boolean;
    /** Whether it is its sender’s question, which is answered. */
    handshake: boolean;
    /** What its headers prove of it; null where the URL would have to, or a header that is yours. */
    sender: "proven" | "signature_missing" | "timestamp_missing" | "timestamp_outside_tolerance" | "id_missing" | "signature_wrong" | null;
    /** The body of the creation or the report. */
    body: Record<string, unknown>;
    /** The job a report is for, whether it is there or not. */
    job_id: string | null;
    /** The Idempotency-Key that job was created with. */
    job_key: string | null;
    /** What makes two deliveries one and the same. */
    same_by: "idempotency_key" | "delivery_id" | "digest" | "once" | "nothing";
    idempotency_key: string | null;
  };
  HookVerification: {
    scheme: "alertmanager" | "bitbucket" | "calendly" | "discord" | "github" | "gitlab" | "hubspot" | "jira" | "linear" | "mux" | "paddle" | "pagerduty" | "sendgrid" | "sentry" | "shopify" | "slack" | "square" | "standard_webhooks" | "standard_webhooks_v1a" | "stripe" | "svix" | "trello" | "twilio" | "twitch" | "typeform" | "woocommerce" | "workos" | "xero" | "zendesk" | "hmac" | "ed25519" | "ecdsa-p256" | "header" | "basic" | "token";
    /** Never shown again. Required but for token. A key of 16 bytes at least, or the public key where there is one. */
    secret?: string | null | undefined;
    /** The header that holds the signature or the secret. */
    header?: string | null | undefined;
    /** hmac. Default sha256. */
    algorithm?: "sha256" | "sha512" | "sha1" | null | undefined;
    /** Of the signature. Default hex. */
    encoding?: "hex" | "base64" | null | undefined;
    /** What is signed, a text with {body}, {t}, {id}, {url}, {method}, {form} and {header:Its-Name}. Default {body}. */
    signed?: string | null | undefined;
    /** What a signature or a secret begins with. */
    prefix?: string | null | undefined;
    /** What parts a list of signatures. */
    separator?: "," | ";" | " " | null | undefined;
    /** The header of {t}. */
    timestamp_header?: string | null | undefined;
    /** What {t} begins with in the list. */
    timestamp_prefix?: string | null | undefined;
    /** How {t} is written: since 1970, or as RFC 3339. Default seconds. */
    timestamp_format?: "seconds" | "milliseconds" | "iso" | null | undefined;
    /** How far {t} may lie from now, in seconds. Default 300. */
    tolerance?: number | null | undefined;
    /** The header of {id}. */
    id_header?: string | null | undefined;
    /** hmac. Default text. */
    secret_encoding?: "text" | "base64" | "hex" | null | undefined;
    /** How a sender’s question is answered. */
    handshake?: Schemas['HookHandshake'] | null | undefined;
    /** The status of a good answer. Default 202. */
    answer_with?: 200 | 204 | null | undefined;
    /** The status of a refused signature. Default 404. */
    refuse_with?: 401 | null | undefined;
  };
  HourStats: {
    /** UTC with milliseconds. */
    starts_at: string;
    ended: number;
    completed: number;
    completed_with_warnings: number;
    partial_success: number;
    failed: number;
    cancelled: number;
  };
  ItemPage: {
    items: Array<{
      entity_type: string;
      entity_key: string;
    }>;
    next_cursor: string | null;
  };
  /** Its worker knows that it was cancelled. */
  JobCancelAcknowledgedEvent: {
    /** `<job id>.<revision>.<type>`: the same wherever it is told. */
    id: string;
    type: "job.cancel_acknowledged";
    /** UTC with milliseconds. */
    at: string;
    job_id: string;
    revision: number;
    data: {
      job_id: string;
      revision: number;
      /** The event for a person. */
      message: string;
      job_type: string;
      /** The status before this revision; null before the first. */
      previous_status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled" | null;
      stage: string | null;
      total_items: number;
      processed_items: number;
      failed_items: number;
      warned_items: number;
      progress_percentage: number;
      organization_id?: string | undefined;
      name?: string | undefined;
      category?: "seo" | "ai" | "sync" | "export" | undefined;
      tags?: Array<string> | undefined;
      triggered_by?: string | null | undefined;
      details_url?: string | null | undefined;
      parent_job_id?: string | null | undefined;
      /** Events of the job before this one that were lost: in none but the next after them. */
      missed?: number | undefined;
      status: "cancelled";
    };
  };
  /** It was cancelled. */
  JobCancelledEvent: {
    /** `<job id>.<revision>.<type>`: the same wherever it is told. */
    id: string;
    type: "job.cancelled";
    /** UTC with milliseconds. */
    at: string;
    job_id: string;
    revision: number;
    data: {
      job_id: string;
      revision: number;
      /** The event for a person. */
      message: string;
      job_type: string;
      /** The status before this revision; null before the first. */
      previous_status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled" | null;
      stage: string | null;
      total_items: number;
      processed_items: number;
      failed_items: number;
      warned_items: number;
      progress_percentage: number;
      organization_id?: string | undefined;
      name?: string | undefined;
      category?: "seo" | "ai" | "sync" | "export" | undefined;
      tags?: Array<string> | undefined;
      triggered_by?: string | null | undefined;
      details_url?: string | null | undefined;
      parent_job_id?: string | null | undefined;
      /** Events of the job before this one that were lost: in none but the next after them. */
      missed?: number | undefined;
      status: "cancelled";
    };
  };
  /** It has completed: `status` is the outcome. */
  JobCompletedEvent: {
    /** `<job id>.<revision>.<type>`: the same wherever it is told. */
    id: string;
    type: "job.completed";
    /** UTC with milliseconds. */
    at: string;
    job_id: string;
    revision: number;
    data: {
      job_id: string;
      revision: number;
      /** The event for a person. */
      message: string;
      job_type: string;
      /** The status before this revision; null before the first. */
      previous_status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled" | null;
      stage: string | null;
      total_items: number;
      processed_items: number;
      failed_items: number;
      warned_items: number;
      progress_percentage: number;
      organization_id?: string | undefined;
      name?: string | undefined;
      category?: "seo" | "ai" | "sync" | "export" | undefined;
      tags?: Array<string> | undefined;
      triggered_by?: string | null | undefined;
      details_url?: string | null | undefined;
      parent_job_id?: string | null | undefined;
      /** Events of the job before this one that were lost: in none but the next after them. */
      missed?: number | undefined;
      status: "completed" | "completed_with_warnings" | "partial_success";
    };
  };
  /** A job was created. */
  JobCreatedEvent: {
    /** `<job id>.<revision>.<type>`: the same wherever it is told. */
    id: string;
    type: "job.created";
    /** UTC with milliseconds. */
    at: string;
    job_id: string;
    revision: number;
    data: {
      job_id: string;
      revision: number;
      /** The event for a person. */
      message: string;
      job_type: string;
      /** The status before this revision; null before the first. */
      previous_status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled" | null;
      stage: string | null;
      total_items: number;
      processed_items: number;
      failed_items: number;
      warned_items: number;
      progress_percentage: number;
      organization_id?: string | undefined;
      name?: string | undefined;
      category?: "seo" | "ai" | "sync" | "export" | undefined;
      tags?: Array<string> | undefined;
      triggered_by?: string | null | undefined;
      details_url?: string | null | undefined;
      parent_job_id?: string | null | undefined;
      /** Events of the job before this one that were lost: in none but the next after them. */
      missed?: number | undefined;
      status: "pending";
    };
  };
  /** It was deleted, or its retention is over. */
  JobDeletedEvent: {
    /** `<job id>.<revision>.<type>`: the same wherever it is told. */
    id: string;
    type: "job.deleted";
    /** UTC with milliseconds. */
    at: string;
    job_id: string;
    revision: number;
    data: {
      job_id: string;
      revision: number;
      /** The event for a person. */
      message: string;
      job_type: string;
      /** The status before this revision; null before the first. */
      previous_status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled" | null;
      stage: string | null;
      total_items: number;
      processed_items: number;
      failed_items: number;
      warned_items: number;
      progress_percentage: number;
      organization_id?: string | undefined;
      name?: string | undefined;
      category?: "seo" | "ai" | "sync" | "export" | undefined;
      tags?: Array<string> | undefined;
      triggered_by?: string | null | undefined;
      details_url?: string | null | undefined;
      parent_job_id?: string | null | undefined;
      /** Events of the job before this one that were lost: in none but the next after them. */
      missed?: number | undefined;
      status: "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
    };
  };
  JobErrorResponse: {
    entity_key: string;
    entity_type: string;
    error_type: string;
    message: string;
    /** UTC with milliseconds. */
    timestamp: string;
    details: Record<string, unknown> | null;
    step: string | null;
  };
  /** It has failed, by its worker’s word or by the clock. */
  JobFailedEvent: {
    /** `<job id>.<revision>.<type>`: the same wherever it is told. */
    id: string;
    type: "job.failed";
    /** UTC with milliseconds. */
    at: string;
    job_id: string;
    revision: number;
    data: {
      job_id: string;
      revision: number;
      /** The event for a person. */
      message: string;
      job_type: string;
      /** The status before this revision; null before the first. */
      previous_status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled" | null;
      stage: string | null;
      total_items: number;
      processed_items: number;
      failed_items: number;
      warned_items: number;
      progress_percentage: number;
      organization_id?: string | undefined;
      name?: string | undefined;
      category?: "seo" | "ai" | "sync" | "export" | undefined;
      tags?: Array<string> | undefined;
      triggered_by?: string | null | undefined;
      details_url?: string | null | undefined;
      parent_job_id?: string | null | undefined;
      /** Events of the job before this one that were lost: in none but the next after them. */
      missed?: number | undefined;
      status: "failed";
    };
  };
  JobList: {
    jobs: Array<Schemas['JobSummary']>;
    next_cursor: string | null;
  };
  JobProgressErrorBody: {
    entity_key: string;
    error_type: string;
    /** Of more than 4,000 characters the first 1,000 and the last 2,999 are kept. */
    message: string;
    /** Over 4 KiB as JSON the longest strings are shortened in their middle until it fits; where that is not enough, it is {"truncated": true}. */
    details?: Record<string, unknown> | null | undefined;
    /** Default: "job". */
    entity_type?: string | null | undefined;
    step?: string | null | undefined;
  };
  /** It has moved, or its worker is late, and nothing else is to tell: at most once a publishing interval, 2 s, while somebody looks, else within ten minutes. */
  JobProgressedEvent: {
    /** `<job id>.<revision>.<type>`: the same wherever it is told. */
    id: string;
    type: "job.progressed";
    /** UTC with milliseconds. */
    at: string;
    job_id: string;
    revision: number;
    data: {
      job_id: string;
      revision: number;
      /** The event for a person. */
      message: string;
      job_type: string;
      /** The status before this revision; null before the first. */
      previous_status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled" | null;
      stage: string | null;
      total_items: number;
      processed_items: number;
      failed_items: number;
      warned_items: number;
      progress_percentage: number;
      organization_id?: string | undefined;
      name?: string | undefined;
      category?: "seo" | "ai" | "sync" | "export" | undefined;
      tags?: Array<string> | undefined;
      triggered_by?: string | null | undefined;
      details_url?: string | null | undefined;
      parent_job_id?: string | null | undefined;
      /** Events of the job before this one that were lost: in none but the next after them. */
      missed?: number | undefined;
      status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
      /** How its worker does: that one is `late` is told by this alone. */
      health?: "ok" | "late" | "stalled" | undefined;
    };
  };
  /** The worker of a stalled job is back. */
  JobRecoveredEvent: {
    /** `<job id>.<revision>.<type>`: the same wherever it is told. */
    id: string;
    type: "job.recovered";
    /** UTC with milliseconds. */
    at: string;
    job_id: string;
    revision: number;
    data: {
      job_id: string;
      revision: number;
      /** The event for a person. */
      message: string;
      job_type: string;
      /** The status before this revision; null before the first. */
      previous_status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled" | null;
      stage: string | null;
      total_items: number;
      processed_items: number;
      failed_items: number;
      warned_items: number;
      progress_percentage: number;
      organization_id?: string | undefined;
      name?: string | undefined;
      category?: "seo" | "ai" | "sync" | "export" | undefined;
      tags?: Array<string> | undefined;
      triggered_by?: string | null | undefined;
      details_url?: string | null | undefined;
      parent_job_id?: string | null | undefined;
      /** Events of the job before this one that were lost: in none but the next after them. */
      missed?: number | undefined;
      status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
    };
  };
  JobResponse: {
    /** Items that failed: the counter or the distinct failed entities, whichever is larger. */
    failed_items: number;
    job_id: string;
    job_type: string;
    /** Items successfully processed. */
    processed_items: number;
    progress_percentage: number;
    status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
    success_rate: number;
    total_items: number;
    completed_at: string | null;
    /** UTC with milliseconds. */
    created_at: string;
    duration_seconds: number | null;
    /** @deprecated */
    error_message: string | null;
    started_at: string | null;
    triggered_by: string | null;
    warned_items: number;
    organization_id: string;
    name: string;
    category: "seo" | "ai" | "sync" | "export";
    tags: Array<string>;
    failed_entities_capped: boolean;
    warned_entities_capped: boolean;
    rate_per_second: number | null;
    eta_at: string | null;
    /** Half of the jobs of its type took no longer when it was made; null where too few had ended. */
    typical_seconds: number | null;
    stage: string | null;
    last_message: string | null;
    last_report_at: string | null;
    cancellation: Schemas['Cancellation'] | null;
    errors_total: number;
    warnings_total: number;
    logs_total: number;
    errors_by_type: Record<string, number>;
    rerun_of: string | null;
    root_job_id: string;
    rerun_number: number;
    /** The job that this one is a child of. */
    parent_job_id: string | null;
    heartbeat_timeout_seconds: number | null;
    timeout_seconds: number | null;
    health: "ok" | "late" | "stalled";
    retention_days: number;
    /** Where more of it is shown: http or https. */
    details_url: string | null;
    revision: number;
    /** The newest 100, oldest first. */
    errors: Array<Schemas['JobErrorResponse']>;
    metadata: Record<string, unknown>;
    /** The newest 100, oldest first. */
    warnings: Array<Schemas['JobErrorResponse']>;
    /** Any JSON. */
    result: unknown;
  };
  /** Its worker has come to another stage, or to none. */
  JobStageChangedEvent: {
    /** `<job id>.<revision>.<type>`: the same wherever it is told. */
    id: string;
    type: "job.stage_changed";
    /** UTC with milliseconds. */
    at: string;
    job_id: string;
    revision: number;
    data: {
      job_id: string;
      revision: number;
      /** The event for a person. */
      message: string;
      job_type: string;
      /** The status before this revision; null before the first. */
      previous_status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled" | null;
      stage: string | null;
      total_items: number;
      processed_items: number;
      failed_items: number;
      warned_items: number;
      progress_percentage: number;
      organization_id?: string | undefined;
      name?: string | undefined;
      category?: "seo" | "ai" | "sync" | "export" | undefined;
      tags?: Array<string> | undefined;
      triggered_by?: string | null | undefined;
      details_url?: string | null | undefined;
      parent_job_id?: string | null | undefined;
      /** Events of the job before this one that were lost: in none but the next after them. */
      missed?: number | undefined;
      status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
    };
  };
  /** Its worker shows no sign of life. */
  JobStalledEvent: {
    /** `<job id>.<revision>.<type>`: the same wherever it is told. */
    id: string;
    type: "job.stalled";
    /** UTC with milliseconds. */
    at: string;
    job_id: string;
    revision: number;
    data: {
      job_id: string;
      revision: number;
      /** The event for a person. */
      message: string;
      job_type: string;
      /** The status before this revision; null before the first. */
      previous_status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled" | null;
      stage: string | null;
      total_items: number;
      processed_items: number;
      failed_items: number;
      warned_items: number;
      progress_percentage: number;
      organization_id?: string | undefined;
      name?: string | undefined;
      category?: "seo" | "ai" | "sync" | "export" | undefined;
      tags?: Array<string> | undefined;
      triggered_by?: string | null | undefined;
      details_url?: string | null | undefined;
      parent_job_id?: string | null | undefined;
      /** Events of the job before this one that were lost: in none but the next after them. */
      missed?: number | undefined;
      status: "pending" | "in_progress";
    };
  };
  /** Its worker started it. */
  JobStartedEvent: {
    /** `<job id>.<revision>.<type>`: the same wherever it is told. */
    id: string;
    type: "job.started";
    /** UTC with milliseconds. */
    at: string;
    job_id: string;
    revision: number;
    data: {
      job_id: string;
      revision: number;
      /** The event for a person. */
      message: string;
      job_type: string;
      /** The status before this revision; null before the first. */
      previous_status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled" | null;
      stage: string | null;
      total_items: number;
      processed_items: number;
      failed_items: number;
      warned_items: number;
      progress_percentage: number;
      organization_id?: string | undefined;
      name?: string | undefined;
      category?: "seo" | "ai" | "sync" | "export" | undefined;
      tags?: Array<string> | undefined;
      triggered_by?: string | null | undefined;
      details_url?: string | null | undefined;
      parent_job_id?: string | null | undefined;
      /** Events of the job before this one that were lost: in none but the next after them. */
      missed?: number | undefined;
      status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
    };
  };
  JobStats: {
    /** False while jobs are not counted yet that an older version has listed, or while all are counted anew; and where a type is asked for that shares its numbers. */
    complete: boolean;
    jobs: number;
    /** Each status, in the order of a job’s life. */
    by_status: Array<{
      status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
      count: number;
    }>;
    by_category: Array<{
      category: "seo" | "ai" | "sync" | "export";
      jobs: number;
      /** Each status, in the order of a job’s life. */
      by_status: Array<{
        status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
        count: number;
      }>;
    }>;
    /** The first 100 types that there were, the first one first. */
    by_type: Array<Schemas['TypeStats']>;
    other_types: Schemas['OtherTypes'];
    slow: number;
    /** False where there may be more slow jobs than were counted. */
    slow_complete: boolean;
    /** The jobs that ended in each hour of the last 14 days, 336 of them, the oldest first; the last one is still going on. */
    by_hour: Array<Schemas['HourStats']>;
  };
  JobSummary: {
    /** Items that failed: the counter or the distinct failed entities, whichever is larger. */
    failed_items: number;
    job_id: string;
    job_type: string;
    /** Items successfully processed. */
    processed_items: number;
    progress_percentage: number;
    status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
    success_rate: number;
    total_items: number;
    completed_at: string | null;
    /** UTC with milliseconds. */
    created_at: string;
    duration_seconds: number | null;
    /** @deprecated */
    error_message: string | null;
    started_at: string | null;
    triggered_by: string | null;
    warned_items: number;
    organization_id: string;
    name: string;
    category: "seo" | "ai" | "sync" | "export";
    tags: Array<string>;
    failed_entities_capped: boolean;
    warned_entities_capped: boolean;
    rate_per_second: number | null;
    eta_at: string | null;
    /** Half of the jobs of its type took no longer when it was made; null where too few had ended. */
    typical_seconds: number | null;
    stage: string | null;
    last_message: string | null;
    last_report_at: string | null;
    cancellation: Schemas['Cancellation'] | null;
    errors_total: number;
    warnings_total: number;
    logs_total: number;
    errors_by_type: Record<string, number>;
    rerun_of: string | null;
    root_job_id: string;
    rerun_number: number;
    /** The job that this one is a child of. */
    parent_job_id: string | null;
    heartbeat_timeout_seconds: number | null;
    timeout_seconds: number | null;
    health: "ok" | "late" | "stalled";
    retention_days: number;
    /** Where more of it is shown: http or https. */
    details_url: string | null;
    revision: number;
    /** When status, stage or health last changed: the end of an ended job. */
    updated_at: string;
    /** In progress for more than three times as long as 19 of 20 of its type took. */
    slow: boolean;
    /** When a job in progress ends if it takes as long as half of its type did; null where nobody knows. */
    expected_at: string | null;
  };
  JobToken: {
    /** Shown once, and stored nowhere. */
    token: string;
    job_id: string;
    scope: "picture" | "read" | "report";
    allow_get: boolean;
    /** UTC. */
    expires_at: string;
  };
  JobWithControl: {
    /** Items that failed: the counter or the distinct failed entities, whichever is larger. */
    failed_items: number;
    job_id: string;
    job_type: string;
    /** Items successfully processed. */
    processed_items: number;
    progress_percentage: number;
    status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
    success_rate: number;
    total_items: number;
    completed_at: string | null;
    /** UTC with milliseconds. */
    created_at: string;
    duration_seconds: number | null;
    /** @deprecated */
    error_message: string | null;
    started_at: string | null;
    triggered_by: string | null;
    warned_items: number;
    organization_id: string;
    name: string;
    category: "seo" | "ai" | "sync" | "export";
    tags: Array<string>;
    failed_entities_capped: boolean;
    warned_entities_capped: boolean;
    rate_per_second: number | null;
    eta_at: string | null;
    /** Half of the jobs of its type took no longer when it was made; null where too few had ended. */
    typical_seconds: number | null;
    stage: string | null;
    last_message: string | null;
    last_report_at: string | null;
    cancellation: Schemas['Cancellation'] | null;
    errors_total: number;
    warnings_total: number;
    logs_total: number;
    errors_by_type: Record<string, number>;
    rerun_of: string | null;
    root_job_id: string;
    rerun_number: number;
    /** The job that this one is a child of. */
    parent_job_id: string | null;
    heartbeat_timeout_seconds: number | null;
    timeout_seconds: number | null;
    health: "ok" | "late" | "stalled";
    retention_days: number;
    /** Where more of it is shown: http or https. */
    details_url: string | null;
    revision: number;
    /** The newest 100, oldest first. */
    errors?: Array<Schemas['JobErrorResponse']> | undefined;
    metadata?: Record<string, unknown> | undefined;
    /** The newest 100, oldest first. */
    warnings?: Array<Schemas['JobErrorResponse']> | undefined;
    /** Any JSON. */
    result?: unknown | undefined;
    /** What was kept otherwise than it came. */
    adjusted?: Array<{
      path: string;
      reason: "cut" | "shortened" | "repaired" | "converted" | "time_of_arrival" | "bound";
    }> | undefined;
    control: Schemas['Control'];
  };
  LimitUsage: {
    limit: number;
    /** Null for a rate, and for what is another number for each job. */
    use: number | null;
  };
  Limits: {
    /** Jobs made in a minute. */
    creates_per_minute: number;
    /** Jobs made at once, after a while of none. */
    creates_burst: number;
    /** Reports on one job in a second. */
    reports_per_second: number;
    /** Reports on one job at once. */
    reports_burst: number;
    /** Jobs that have not ended. */
    jobs: number;
    /** Bytes stored of one job: from there on what is new takes the place of what is oldest. */
    job_bytes: number;
    /** Webhook endpoints. */
    webhooks: number;
    /** Webhook endpoints with the same URL. */
    endpoints_per_url: number;
    /** Webhook deliveries under way. */
    deliveries: number;
    /** Webhook deliveries under way to one host. */
    deliveries_per_host: number;
    /** Inbound hooks. */
    hooks: number;
    /** API keys, the revoked and the expired aside. */
    keys: number;
    /** Tokens for a filter, the ended aside. */
    filter_tokens: number;
    /** Sign-ins by a key. */
    sessions: number;
    /** Streams and sockets that one credential holds open, in each place the service runs. */
    streams: number;
    /** Requests of one credential that wait for a change, in each place the service runs. */
    waits: number;
    /** Bytes of the feed’s events, parted among the shards, each of which has a bound of its own: from there on the oldest go. */
    feed_bytes: number;
  };
  ListedOrganization: {
    organization_id: string;
    name: string;
    created_at: string;
    external_id: string | null;
    status: "active" | "suspended" | "deleting" | "deleted";
    suspended_at: string | null;
  };
  LogEntry: {
    level: "info" | "warn" | "error";
    /** Of more than 4,000 characters the first 1,000 and the last 2,999 are kept. */
    message: string;
    /** Outside the years 1 to 9999 it is the time of arrival. */
    timestamp?: string | null | undefined;
  };
  LogPage: {
    logs: Array<{
      /** UTC with milliseconds. */
      timestamp: string;
      level: "info" | "warn" | "error";
      message: string;
      kind: "log" | "error" | "warning" | "event";
      revision: number;
      /** The place within the revision. */
      k: number;
    }>;
    next_cursor: string | null;
    /** Entries behind the cursor that newer ones have pushed out, whatever the filter; absent where there are none. */
    dropped?: number | undefined;
  };
  Me: {
    principal: {
      type: "key" | "member";
      id: string;
    };
    organization_id: string;
    permissions: Array<"job:create" | "job:read" | "job:cancel" | "webhook:manage" | "key:manage" | "audit:read" | "metrics:read">;
    /** The types of its jobs; null for all. */
    job_types: Array<string> | null;
    /** A bearer key, a sign-in of this service, or one of the provider’s. */
    signed_in_by: "key" | "session" | "provider";
    /** When that ends; null where it has no end. */
    expires_at: string | null;
  };
  NewApiKey: {
    key_id: string;
    name: string;
    permissions: Array<"job:create" | "job:read" | "job:cancel" | "webhook:manage" | "key:manage" | "audit:read" | "metrics:read">;
    /** The types of its jobs; null for all. */
    job_types: Array<string> | null;
    expires_at: string | null;
    created_at: string;
    /** Null where the operator made it, or nobody knows. */
    created_by: {
      type: "key" | "member";
      id: string;
    } | null;
    /** The hour in which it was last used. */
    last_used_at: string | null;
    /** Until when the secret before its last rotation opens it too. */
    older_secret_until: string | null;
    revoked_at: string | null;
    /** Shown once. */
    api_key: string;
  };
  NewFilterToken: {
    token_id: string;
    /** The key that made it. */
    key_id: string;
    scope: "picture" | "read";
    /** The jobs that there are for it; null for any. */
    filter: {
      job_type: string | null;
      tag: string | null;
    };
    created_at: string;
    expires_at: string;
    /** Shown once. */
    token: string;
  };
  NewWebhook: {
    webhook_id: string;
    url: string;
    event_types: Array<"job.created" | "job.started" | "job.stage_changed" | "job.progressed" | "job.stalled" | "job.recovered" | "job.cancelled" | "job.cancel_acknowledged" | "job.completed" | "job.failed" | "job.deleted" | "endpoint.disabled"> | null;
    job_types: Array<string> | null;
    statuses: Array<"pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled"> | null;
    /** The event itself (standard), or a line for people as Slack, Discord, Teams or ntfy takes it. */
    format: "standard" | "slack" | "discord" | "teams" | "ntfy";
    /** Of its own headers, whose values are not shown. */
    header_names: Array<string>;
    description: string | null;
    enabled: boolean;
    /** Unanswered until its host has answered endpoint.test by a 2xx: its events wait in the feed meanwhile. */
    state: "active" | "unanswered" | "disabled";
    /** When it was disabled, by whomever. */
    disabled_at: string | null;
    /** Why the service did: it answered 410, nothing but failures for five days, or never its first endpoint.test. Null where its owner did. */
    disabled_reason: "gone" | "failing" | "unanswered" | null;
    created_at: string;
    /** Null where the operator made it, or nobody knows. */
    created_by: {
      type: "key" | "member";
      id: string;
    } | null;
    /** Shown once: whsec_… */
    secret: string;
  };
  Organization: {
    organization_id: string;
    name: string;
    created_at: string;
    external_id: string | null;
    status: "active" | "suspended" | "deleting" | "deleted";
    suspended_at: string | null;
    /** Null once it is being deleted. */
    limits: Schemas['Limits'] | null;
    /** How many shards its index has. Null once it is being deleted. */
    shards: number | null;
    deletion: Schemas['OrganizationDeletion'] | null;
  };
  OrganizationDeletion: {
    requested_at: string;
    /** The request that asked for it first. The audit of what is deleted goes with it, this stays. */
    requested_by: {
      request_id: string | null;
      /** The network of the sender, a /24 or a /48; null where that can’t be told. */
      address: string | null;
      user_agent: string | null;
    } | null;
    finished_at: string | null;
    step: "closing" | "webhooks" | "hooks" | "jobs" | "waiting" | "stragglers" | "shards" | "organization" | "finished";
    /** How many are gone so far. */
    deleted: {
      webhooks: number;
      hooks: number;
      jobs: number;
    };
  };
  OrganizationList: {
    organizations: Array<Schemas['ListedOrganization']>;
    next_cursor: string | null;
  };
  /** All other types together. */
  OtherTypes: {
    jobs: number;
    /** Each status, in the order of a job’s life. */
    by_status: Array<{
      status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
      count: number;
    }>;
    /** In progress for more than three times as long as 19 of 20 of their type took. */
    slow: number;
    ended: Schemas['EndedJobs'];
  };
  /** RFC 9457, with a code and the request’s id. */
  Problem: {
    type: string;
    title: string;
    status: number;
    detail: string;
    code: "malformed_json" | "invalid_cursor" | "invalid_request" | "unauthenticated" | "permission_denied" | "organization_mismatch" | "origin_not_allowed" | "organization_suspended" | "job_not_found" | "not_found" | "method_not_allowed" | "request_timeout" | "job_terminal" | "stale_sequence" | "job_not_terminal" | "nothing_failed" | "too_many_failed" | "organization_exists" | "cursor_expired" | "webhook_disabled" | "webhook_unanswered" | "quota_exceeded" | "body_too_large" | "metadata_too_large" | "result_too_large" | "unsupported_media_type" | "validation_failed" | "idempotency_conflict" | "rate_limited" | "overloaded" | "unavailable" | "internal";
    request_id: string;
    errors?: Array<{
      path: string;
      message: string;
    }> | undefined;
    /** Of `stale_sequence`: the reporter’s last applied one. */
    last_sequence?: number | undefined;
    /** Where a known job stands. */
    job_status?: string | undefined;
    revision?: number | undefined;
    control?: Schemas['Control'] | undefined;
    /** Where a reader whose cursor has expired can go on. */
    oldest_cursor?: string | undefined;
    /** The time of the oldest event behind it. */
    oldest_at?: string | null | undefined;
  };
  ReportBatch: {
    reports: Array<Schemas['ReportProgress']>;
  };
  ReportProgress: {
    error?: Schemas['JobProgressErrorBody'] | null | undefined;
    /** Default: false. */
    mark_completed?: boolean | null | undefined;
    /** Of more than 4,000 characters the first 1,000 and the last 2,999 are kept. */
    mark_failed?: string | null | undefined;
    /** Default: false. */
    mark_started?: boolean | null | undefined;
    /** Of more than 4,000 characters the first 1,000 and the last 2,999 are kept. */
    message?: string | null | undefined;
    metadata_patch?: Record<string, unknown> | null | undefined;
    processed_items?: number | null | undefined;
    stage?: string | null | undefined;
    total_items?: number | null | undefined;
    warning?: Schemas['JobProgressErrorBody'] | null | undefined;
    failed_items?: number | null | undefined;
    warned_items?: number | null | undefined;
    processed_delta?: number | null | undefined;
    failed_delta?: number | null | undefined;
    warned_delta?: number | null | undefined;
    errors?: Array<Schemas['JobProgressErrorBody']> | null | undefined;
    warnings?: Array<Schemas['JobProgressErrorBody']> | null | undefined;
    logs?: Array<Schemas['LogEntry']> | null | undefined;
    /** Any JSON; null means absent. */
    result?: unknown | undefined;
    /** The name under which `sequence` rises. A job knows 1,000; beyond them the one silent longest gives way once that is for a day. */
    reporter?: string | null | undefined;
    /** Higher with each report of its reporter, the same for a repeat; below the last it is a 409 `stale_sequence`. Best begun at the clock: ms since 1970. */
    sequence?: number | null | undefined;
  };
  ReportedBatch: {
    job: {
      /** Items that failed: the counter or the distinct failed entities, whichever is larger. */
      failed_items: number;
      job_id: string;
      job_type: string;
      /** Items successfully processed. */
      processed_items: number;
      progress_percentage: number;
      status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
      success_rate: number;
      total_items: number;
      completed_at: string | null;
      /** UTC with milliseconds. */
      created_at: string;
      duration_seconds: number | null;
      /** @deprecated */
      error_message: string | null;
      started_at: string | null;
      triggered_by: string | null;
      warned_items: number;
      organization_id: string;
      name: string;
      category: "seo" | "ai" | "sync" | "export";
      tags: Array<string>;
      failed_entities_capped: boolean;
      warned_entities_capped: boolean;
      rate_per_second: number | null;
      eta_at: string | null;
      /** Half of the jobs of its type took no longer when it was made; null where too few had ended. */
      typical_seconds: number | null;
      stage: string | null;
      last_message: string | null;
      last_report_at: string | null;
      cancellation: Schemas['Cancellation'] | null;
      errors_total: number;
      warnings_total: number;
      logs_total: number;
      errors_by_type: Record<string, number>;
      rerun_of: string | null;
      root_job_id: string;
      rerun_number: number;
      /** The job that this one is a child of. */
      parent_job_id: string | null;
      heartbeat_timeout_seconds: number | null;
      timeout_seconds: number | null;
      health: "ok" | "late" | "stalled";
      retention_days: number;
      /** Where more of it is shown: http or https. */
      details_url: string | null;
      revision: number;
      /** The newest 100, oldest first. */
      errors?: Array<Schemas['JobErrorResponse']> | undefined;
      metadata?: Record<string, unknown> | undefined;
      /** The newest 100, oldest first. */
      warnings?: Array<Schemas['JobErrorResponse']> | undefined;
      /** Any JSON. */
      result?: unknown | undefined;
    };
    /** In a replay alone: whether any report of the batch was applied. */
    applied?: boolean | undefined;
    /** One a report; null in a replay. */
    verdicts: Array<{
      applied: boolean;
      revision: number;
      reason?: "duplicate" | "stale" | "job_terminal" | "already_ended" | "ignored" | undefined;
      last_sequence?: number | undefined;
    }> | null;
    /** How many came too late; absent where none did. */
    stale?: number | undefined;
    /** What was kept otherwise than it came. */
    adjusted?: Array<{
      path: string;
      reason: "cut" | "shortened" | "repaired" | "converted" | "time_of_arrival" | "bound";
    }> | undefined;
    /** What could not be taken beside the end of a job. */
    ignored?: Array<{
      path: string;
      message: string;
    }> | undefined;
    applied_revision: number;
    control: Schemas['Control'];
  };
  ReportedJob: {
    /** Items that failed: the counter or the distinct failed entities, whichever is larger. */
    failed_items: number;
    job_id: string;
    job_type: string;
    /** Items successfully processed. */
    processed_items: number;
    progress_percentage: number;
    status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
    success_rate: number;
    total_items: number;
    completed_at: string | null;
    /** UTC with milliseconds. */
    created_at: string;
    duration_seconds: number | null;
    /** @deprecated */
    error_message: string | null;
    started_at: string | null;
    triggered_by: string | null;
    warned_items: number;
    organization_id: string;
    name: string;
    category: "seo" | "ai" | "sync" | "export";
    tags: Array<string>;
    failed_entities_capped: boolean;
    warned_entities_capped: boolean;
    rate_per_second: number | null;
    eta_at: string | null;
    /** Half of the jobs of its type took no longer when it was made; null where too few had ended. */
    typical_seconds: number | null;
    stage: string | null;
    last_message: string | null;
    last_report_at: string | null;
    cancellation: Schemas['Cancellation'] | null;
    errors_total: number;
    warnings_total: number;
    logs_total: number;
    errors_by_type: Record<string, number>;
    rerun_of: string | null;
    root_job_id: string;
    rerun_number: number;
    /** The job that this one is a child of. */
    parent_job_id: string | null;
    heartbeat_timeout_seconds: number | null;
    timeout_seconds: number | null;
    health: "ok" | "late" | "stalled";
    retention_days: number;
    /** Where more of it is shown: http or https. */
    details_url: string | null;
    revision: number;
    /** The newest 100, oldest first. */
    errors?: Array<Schemas['JobErrorResponse']> | undefined;
    metadata?: Record<string, unknown> | undefined;
    /** The newest 100, oldest first. */
    warnings?: Array<Schemas['JobErrorResponse']> | undefined;
    /** Any JSON. */
    result?: unknown | undefined;
    applied: boolean;
    reason?: "duplicate" | "stale" | "job_terminal" | "already_ended" | "ignored" | undefined;
    /** The revision this report reached when it was first applied. */
    applied_revision: number;
    last_sequence?: number | undefined;
    /** What was kept otherwise than it came. */
    adjusted?: Array<{
      path: string;
      reason: "cut" | "shortened" | "repaired" | "converted" | "time_of_arrival" | "bound";
    }> | undefined;
    /** What could not be taken beside the end of a job. */
    ignored?: Array<{
      path: string;
      message: string;
    }> | undefined;
    control: Schemas['Control'];
  };
  RerunJob: {
    items?: "all" | "failed" | null | undefined;
  };
  RevokedKey: {
    /** What the key made, and the keys that it made: their ids. */
    made: {
      keys: Array<string>;
      webhooks: Array<string>;
      hooks: Array<string>;
    };
    /** Whether it is gone now; else it is still there. */
    taken_along: boolean;
  };
  Rollup: {
    /** Of each chain of reruns one. */
    children: number;
    progress_percentage: number;
    /** `pending` until one begins, `in_progress` until all have ended, then the outcome. */
    status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
    /** The worst of those that have ended; null where none has. */
    outcome: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled" | null;
    by_status: {
      pending: number;
      in_progress: number;
      completed: number;
      completed_with_warnings: number;
      partial_success: number;
      failed: number;
      cancelled: number;
    };
  };
  RotateHook: {
    /** Seconds for which the URL before is served too; 86400 by default, 604800 at most. */
    grace_period?: number | null | undefined;
  };
  RotateKey: {
    /** Seconds for which the secret before opens the key too; 86400 by default, 604800 at most. */
    grace_period?: number | null | undefined;
  };
  Session: {
    session_id: string;
    /** The key that it was signed in with. */
    key_id: string;
    created_at: string;
    expires_at: string;
    /** Whether the request came by it. */
    current: boolean;
  };
  SessionList: {
    sessions: Array<Schemas['Session']>;
    next_cursor: string | null;
  };
  SignInCode: {
    code: string;
    url: string;
    expires_at: string;
  };
  TryHook: {
    hook: Schemas['CreateHook'];
    /** What the sender would send, as text: JSON or a form. Empty by default. */
    body?: string | null | undefined;
    /** The headers that it would come with, its signature among them. */
    headers?: Record<string, string> | null | undefined;
  };
  TypeStats: {
    job_type: string;
    jobs: number;
    /** Each status, in the order of a job’s life. */
    by_status: Array<{
      status: "pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled";
      count: number;
    }>;
    /** In progress for more than three times as long as 19 of 20 of their type took. */
    slow: number;
    ended: Schemas['EndedJobs'];
    /** Half of its last 1,000 jobs took no longer; null until ten have been started and ended. */
    typical_seconds: number | null;
  };
  UpdateHook: {
    verification?: Schemas['HookVerification'] | null | undefined;
    mapping?: Schemas['HookMapping'] | null | undefined;
  };
  Usage: {
    organization_id: string;
    limits: {
      creates_per_minute: Schemas['LimitUsage'];
      creates_burst: Schemas['LimitUsage'];
      reports_per_second: Schemas['LimitUsage'];
      reports_burst: Schemas['LimitUsage'];
      jobs: Schemas['LimitUsage'];
      job_bytes: Schemas['LimitUsage'];
      webhooks: Schemas['LimitUsage'];
      endpoints_per_url: Schemas['LimitUsage'];
      deliveries: Schemas['LimitUsage'];
      deliveries_per_host: Schemas['LimitUsage'];
      hooks: Schemas['LimitUsage'];
      keys: Schemas['LimitUsage'];
      filter_tokens: Schemas['LimitUsage'];
      sessions: Schemas['LimitUsage'];
      streams: Schemas['LimitUsage'];
      waits: Schemas['LimitUsage'];
      feed_bytes: Schemas['LimitUsage'];
    };
  };
  VerifiedIndex: {
    /** Jobs that were asked. */
    checked: number;
    /** Those that had still to publish something, which was taken. */
    late: number;
    /** Entries that were not there, not what their job is, or of no job. */
    mended: {
      missing: number;
      stale: number;
      ghost: number;
    };
    next_cursor: string | null;
  };
  Webhook: {
    webhook_id: string;
    url: string;
    event_types: Array<"job.created" | "job.started" | "job.stage_changed" | "job.progressed" | "job.stalled" | "job.recovered" | "job.cancelled" | "job.cancel_acknowledged" | "job.completed" | "job.failed" | "job.deleted" | "endpoint.disabled"> | null;
    job_types: Array<string> | null;
    statuses: Array<"pending" | "in_progress" | "completed" | "completed_with_warnings" | "partial_success" | "failed" | "cancelled"> | null;
    /** The event itself (standard), or a line for people as Slack, Discord, Teams or ntfy takes it. */
    format: "standard" | "slack" | "discord" | "teams" | "ntfy";
    /** Of its own headers, whose values are not shown. */
    header_names: Array<string>;
    description: string | null;
    enabled: boolean;
    /** Unanswered until its host has answered endpoint.test by a 2xx: its events wait in the feed meanwhile. */
    state: "active" | "unanswered" | "disabled";
    /** When it was disabled, by whomever. */
    disabled_at: string | null;
    /** Why the service did: it answered 410, nothing but failures for five days, or never its first endpoint.test. Null where its owner did. */
    disabled_reason: "gone" | "failing" | "unanswered" | null;
    created_at: string;
    /** Null where the operator made it, or nobody knows. */
    created_by: {
      type: "key" | "member";
      id: string;
    } | null;
  };
  WebhookList: {
    webhooks: Array<Schemas['Webhook']>;
    next_cursor: string | null;
  };
}
