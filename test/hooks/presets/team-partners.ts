/** Who calls those who build and run software: repositories, trackers, alerts, chats, sign-ins. */
import { GITHUB_PUSH } from '../payloads';
import { SECRETS } from '../senders';
import { type Partner, SECRET } from './partner';
import * as sign from './signers';

export const TEAM_PARTNERS = {
  github: {
    ...{ secret: SECRETS.github, payload: GITHUB_PUSH, name: '/repository/full_name' },
    sign: sign.body('X-Hub-Signature-256', 'sha256='),
  },
  standard_webhooks: {
    secret: SECRETS.standard,
    payload: {
      type: 'invoice.paid',
      timestamp: '2026-11-22T09:41:07Z',
      data: { id: 'inv_81', total: 4_200 },
    },
    name: '/type',
    sign: sign.standard('webhook'),
  },
  standard_webhooks_v1a: {
    secret: sign.SHOWN.standard,
    payload: {
      type: 'invoice.paid',
      timestamp: '2026-11-22T09:41:07Z',
      data: { id: 'inv_81', total: 4_200 },
    },
    name: '/type',
    sign: sign.standardPublic,
  },
  svix: {
    secret: SECRETS.standard,
    payload: {
      type: 'user.created',
      object: 'event',
      data: { id: 'user_29w83sxmDNGwOuEthce5gg56FcC', username: 'mira' },
    },
    name: '/type',
    sign: sign.standard('svix'),
  },
  slack: {
    secret: SECRETS.slack,
    payload: {
      ...{
        token: 'Jhj5dZrVaK7ZwHHjRyZWjbDl',
        team_id: 'T061EG9R6',
        api_app_id: 'A0PNCHHK2',
        type: 'event_callback',
      },
      event: {
        type: 'app_mention',
        user: 'U061F7AUR',
        text: '<@U0LAN0Z89> import it',
        ts: '1795340801.000200',
        channel: 'C0LAN2Q65',
      },
      ...{ event_id: 'Ev08MFMKH6', event_time: 1_795_340_801 },
    },
    name: '/event/type',
    sign: sign.slack,
  },
  gitlab: {
    secret: SECRET,
    payload: {
      ...{
        object_kind: 'push',
        event_name: 'push',
        ref: 'refs/heads/main',
        user_username: 'mira',
        project_id: 15,
      },
      ...{ after: GITHUB_PUSH.after, before: GITHUB_PUSH.before, checkout_sha: GITHUB_PUSH.after },
      project: { id: 15, name: 'Catalogue', path_with_namespace: 'acme/catalogue', default_branch: 'main' },
      commits: [
        {
          id: GITHUB_PUSH.after,
          message: 'Prices in öre\n',
          author: { name: 'Mira', email: 'mira@feeds.example' },
        },
      ],
      total_commits_count: 1,
    },
    name: '/project/path_with_namespace',
    sign: ({ secret }) => ({ 'X-Gitlab-Token': secret, 'X-Gitlab-Event': 'Push Hook' }),
  },
  bitbucket: {
    secret: SECRET,
    payload: {
      actor: { type: 'user', display_name: 'Mira', uuid: '{d301aafa-d676-4ee0-88be-962be7417567}' },
      repository: { type: 'repository', full_name: 'acme/catalogue', is_private: true },
      push: {
        changes: [
          {
            new: { type: 'branch', name: 'main', target: { hash: GITHUB_PUSH.after } },
            created: false,
            closed: false,
          },
        ],
      },
    },
    name: '/repository/full_name',
    sign: sign.body('X-Hub-Signature', 'sha256='),
  },
  linear: {
    secret: SECRET,
    payload: {
      ...{ action: 'create', type: 'Issue', createdAt: '2026-11-22T09:41:07.000Z' },
      data: { id: '2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9', title: 'Import the autumn range', number: 71 },
      ...{ organizationId: '3fa1b6c2-0d4e-4c0e-9d52-0e6f1d2c3b4a', webhookTimestamp: 1_795_340_801_000 },
    },
    name: '/data/title',
    sign: sign.body('Linear-Signature'),
  },
  jira: {
    secret: SECRET,
    payload: {
      ...{
        timestamp: 1_795_340_801_000,
        webhookEvent: 'jira:issue_created',
        issue_event_type_name: 'issue_created',
      },
      issue: {
        id: '10002',
        key: 'IMP-41',
        fields: { summary: 'Import again', labels: ['import'], priority: { name: 'High' } },
      },
    },
    name: '/issue/key',
    sign: sign.body('X-Hub-Signature', 'sha256='),
  },
  sentry: {
    secret: SECRET,
    payload: {
      action: 'created',
      installation: { uuid: '7a485448-a9e2-4c85-8a3c-4f44175783c9' },
      data: {
        issue: {
          id: '1170820242',
          shortId: 'CATALOGUE-1',
          title: 'TypeError: price is null',
          culprit: 'import.ts',
          level: 'error',
        },
      },
      actor: { type: 'application', id: 'sentry', name: 'Sentry' },
    },
    name: '/data/issue/shortId',
    sign: sign.body('Sentry-Hook-Signature'),
  },
  pagerduty: {
    secret: SECRET,
    payload: {
      event: {
        ...{ id: '01BWQ9JKG4YKR6LXM4QQ51T6CX', event_type: 'incident.triggered', resource_type: 'incident' },
        occurred_at: '2026-11-22T09:41:07.238Z',
        data: {
          id: 'PGR0VU2',
          type: 'incident',
          title: 'Imports are late',
          number: 2,
          status: 'triggered',
          urgency: 'high',
        },
      },
    },
    name: '/event/event_type',
    sign: sign.pagerduty,
  },
  alertmanager: {
    secret: SECRET,
    payload: {
      ...{
        version: '4',
        groupKey: '{}:{alertname="ImportLate"}',
        truncatedAlerts: 0,
        status: 'firing',
        receiver: 'headway',
      },
      ...{
        groupLabels: { alertname: 'ImportLate' },
        commonLabels: { alertname: 'ImportLate', severity: 'page' },
      },
      ...{ commonAnnotations: {}, externalURL: 'http://alertmanager.example' },
      alerts: [
        {
          ...{
            status: 'firing',
            labels: { alertname: 'ImportLate', instance: 'a' },
            annotations: {},
            fingerprint: '5ef77f1f8a3ecfc2',
          },
          ...{
            startsAt: '2026-11-22T09:41:07.000Z',
            endsAt: '0001-01-01T00:00:00Z',
            generatorURL: 'http://prometheus.example/graph',
          },
        },
      ],
    },
    name: '/commonLabels/alertname',
    sign: ({ secret }) => ({ Authorization: `Bearer ${secret}` }),
  },
  workos: {
    secret: SECRET,
    payload: {
      ...{
        id: 'event_04FKJ843CVE8F7BXQSPFH0M53V',
        event: 'dsync.user.created',
        created_at: '2026-11-22T09:41:07.238Z',
      },
      data: {
        id: 'directory_user_01E1X1B89NH8Z3SDFJR4H7RGX7',
        directory_id: 'directory_01E',
        emails: [{ primary: true, value: 'm@x.example' }],
      },
    },
    name: '/event',
    sign: sign.listed('WorkOS-Signature', true),
  },
  twitch: {
    secret: SECRET,
    payload: {
      subscription: {
        ...{
          id: 'f1c2a387-161a-49f9-a165-0f21d7a4e1c4',
          status: 'enabled',
          type: 'channel.follow',
          version: '2',
          cost: 1,
        },
        ...{ condition: { broadcaster_user_id: '12826' }, created_at: '2026-11-22T09:41:07.634Z' },
        transport: { method: 'webhook', callback: 'https://headway.example/hooks' },
      },
      event: {
        user_id: '1337',
        user_login: 'mira',
        user_name: 'Mira',
        followed_at: '2026-11-22T09:41:07.174Z',
      },
    },
    name: '/subscription/type',
    sign: sign.twitch,
  },
  trello: {
    secret: SECRET,
    payload: {
      action: {
        ...{
          id: '51f9424bcd6e040f3c002412',
          idMemberCreator: '4fc78a59a885233f4b349bd9',
          type: 'updateCard',
        },
        data: {
          board: { name: 'Imports', id: '4d5ea62fd76aa1136000000c' },
          card: { idShort: 1_458, name: 'Autumn', id: '51a79e72dbb7e23c7c003778' },
        },
      },
      model: { id: '4d5ea62fd76aa1136000000c', name: 'Imports', closed: false },
    },
    name: '/action/type',
    sign: sign.trello,
  },
  discord: {
    secret: sign.SHOWN.discord,
    payload: {
      ...{ version: 1, application_id: '1234560123453231555', type: 1 },
      event: {
        ...{ type: 'APPLICATION_AUTHORIZED', timestamp: '2026-11-22T09:41:07.418Z' },
        data: {
          integration_type: 1,
          scopes: ['applications.commands'],
          user: { id: '987654321', username: 'mira' },
        },
      },
    },
    name: '/event/type',
    sign: sign.discord,
  },
  mux: {
    secret: SECRET,
    payload: {
      ...{
        type: 'video.asset.ready',
        id: '3a56ac3d-33da-4366-855b-f592d898409d',
        created_at: '2026-11-22T09:41:07.000000Z',
      },
      object: { type: 'asset', id: '0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002' },
      data: { id: '0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002', status: 'ready', duration: 30.05, tracks: [] },
      ...{ environment: { name: 'Production', id: 'j0863n' }, attempts: [] },
    },
    name: '/type',
    sign: sign.listed('Mux-Signature'),
  },
} satisfies Record<string, Partner>;
