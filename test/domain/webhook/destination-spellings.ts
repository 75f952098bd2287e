/** Ways to spell where a webhook may not go, and a few where it may. */

const LOOPBACK = [
  ...['127.0.0.1', '127.0.0.1.', '127.1', '127.0.1', '127.1.', '127.0.0.2', '127.255.255.254'],
  ...['2130706433', '2130706433.', '017700000001', '0x7f000001', '0X7F000001', '0x7f.1', '0x7f.0.0.1'],
  ...['0177.0.0.1', '0177.1', '0177.0.0.01', '127.0.0.0x1', '127.0x1', '0x7f.0x0.0x0.0x1', '0177.0x0.0.1'],
  ...['127.000.000.001', '00127.0.0.1', '0x0000007f.1', '127.0.1.', '127.0.0.1%2e', '%31%32%37.0.0.1'],
  ...['127%2e0%2e0%2e1', '127。0。0。1', '127．0．0．1', '127｡0｡0｡1', '１２７.0.0.1', '１２７．０．０．１'],
  ...[
    '①②⑦.0.0.1',
    '𝟏𝟐𝟕.0.0.1',
    '𝟙𝟚𝟟.𝟘.𝟘.𝟙',
    '127.0.0.①',
    '¹²⁷.0.0.1',
    '₁₂₇.0.0.1',
    '𝟣𝟤𝟩.1',
    '２１３０７０６４３３',
  ],
  ...[
    '０ｘ７ｆ.1',
    '0ｘ7f000001',
    '%307%66.0.0.1',
    '1%327.0.0.1',
    '127.0.0.1\u00ad',
    '12\u00ad7.0.0.1',
    '1\u200b27.0.0.1',
  ],
];

const PRIVATE_V4 = [
  ...['0.0.0.0', '0', '0.', '0x0', '00', '0.0', '0.0.0', '000.000.000.000', '%30', '０'],
  ...['10.0.0.1', '10.1', '0xa.1', '012.0.0.1', '167772161', '0x0a000001', '10.0.0.1.', '１０.0.0.1'],
  ...['172.16.0.1', '172.31.255.255', '0xac100001', '2886729729', '0254.020.0.1', '172.1048577'],
  ...[
    '192.168.0.1',
    '192.168.1',
    '0xc0a80001',
    '3232235521',
    '0300.0250.0.1',
    '192.168.0.0x1',
    '192.11010049',
  ],
  ...['169.254.169.254', '0xa9fea9fe', '2852039166', '0251.0376.0251.0376', '169.16689662', '169.254.43518'],
  ...['169.254.169.254.', '１６９.254.169.254', '169。254。169。254', '0xa9.0xfe.0xa9.0xfe', '025177524776'],
  ...['100.64.0.1', '100.100.100.200', '0x64400001', '1681915905', '192.0.0.192', '192.0.2.1', '198.18.0.1'],
  ...['198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.250', '240.0.0.1', '255.255.255.255'],
  ...['4294967295', '0xffffffff', '037777777777', '255.16777215', '192.88.99.1'],
];

const PUBLIC_V4 = [
  ...['1.1.1.1', '8.8.8.8', '134744072', '0x08080808', '010.010.010.010', '8.8.2056', '93.184.216.34', '1.1'],
  ...[
    '256.256.256.256',
    '1.2.3.4.5',
    '1.2.3',
    '999999999999',
    '0x100000000',
    '1.2.3.256',
    '09.0.0.1',
    '08.1',
  ],
  ...['a.1', 'example.123', 'example.0x1', 'example.com.1', 'example.0x', '1.example.2'],
];

const V6 = [
  ...[
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[0000:0000:0000:0000:0000:0000:0000:0001]',
    '[::0001]',
    '[::]',
    '[0::0]',
  ],
  ...[
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::FFFF:127.0.0.1]',
    '[0:0:0:0:0:ffff:127.0.0.1]',
    '[::127.0.0.1]',
  ],
  ...[
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[::ffff:10.0.0.1]',
    '[::ffff:0:127.0.0.1]',
    '[::7f00:1]',
  ],
  ...[
    '[64:ff9b::7f00:1]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b::a9fe:a9fe]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
  ],
  ...[
    '[2002:a9fe:a9fe::1]',
    '[2002:c0a8:1::1]',
    '[2001:0:7f00:1::]',
    '[fe80::1]',
    '[fe80::1%25eth0]',
    '[fe80::1%eth0]',
  ],
  ...[
    '[fc00::1]',
    '[fd00::1]',
    '[fd00:ec2::254]',
    '[ff02::1]',
    '[ff05::1:3]',
    '[2001:db8::1]',
    '[100::1]',
    '[fec0::1]',
  ],
  ...[
    '[2606:4700:4700::1111]',
    '[2001:4860:4860::8888]',
    '[::1',
    '::1',
    '::1]',
    '[::1].example.com',
    '[::1]x',
  ],
  ...['[v1.fe80::a]', '[127.0.0.1]', '[::ffff:127.1]', '[1]', '[]', '%5B::1%5D', '[0:0:0:0:0:0:127.0.0.1]'],
];

/** Hosts that are addresses, or that some resolver may take for one. */
export const ADDRESSES = [...LOOPBACK, ...PRIVATE_V4, ...PUBLIC_V4, ...V6];

const BAD_HOSTS = [
  ...[
    'localhost',
    'LOCALHOST',
    'localhost.',
    'LocalHost.',
    'ｌｏｃａｌｈｏｓｔ',
    'loc\u00adalhost',
    '%6cocalhost',
    'ⓛocalhost',
  ],
  ...['a.localhost', 'a.b.localhost.', 'localhost.local', 'localhost.localhost', 'LOCALHOST%2e'],
  ...[
    'printer.local',
    'printer.local.',
    'PRINTER.LOCAL',
    'printer.ｌｏｃａｌ',
    'a.b.local',
    'printer。local',
    'local',
  ],
  ...[
    'metadata.internal',
    'metadata.google.internal',
    'metadata.google.internal.',
    'x.INTERNAL',
    'x%2einternal',
  ],
  ...[
    'internal',
    'internal.',
    'intranet',
    'db',
    'db.',
    'com',
    'com.',
    'xn--p1ai',
    'пример',
    'a_b',
    'kubernetes',
  ],
  ...['headway.example.com', 'headway.example.com.', 'HEADWAY.EXAMPLE.COM', 'headway%2eexample.com'],
  ...['ｈｅａｄｗａｙ.example.com', 'headway。example。com', 'jobs.example.net', 'Jobs.Example.net.'],
  ...['example.com..', '.example.com', 'a..example.com', '.', '..', 'example..', '.com'],
];

/** Names that are nobody's on the internet, or the service's own. */
export const BAD_NAMES = BAD_HOSTS.map((host) => `https://${host}/hook`);

/** What is wrong with these is not the host; in development they are wrong too. */
export const BAD_URLS = [
  ...[
    '',
    'nonsense',
    '/hook',
    '//example.com/hook',
    'example.com',
    'example.com/hook',
    'https:',
    'https://',
    'https:///',
  ],
  ...[
    'ftp://example.com/',
    'ws://example.com/',
    'wss://example.com/',
    'file:///etc/passwd',
    'gopher://example.com/',
  ],
  ...[
    'javascript:alert(1)',
    'data:text/plain,x',
    'blob:https://example.com/1',
    'about:blank',
    'mailto:a@example.com',
  ],
  ...[
    'httpss://example.com/',
    'unix:/var/run/x.sock',
    'view-source:https://example.com/',
    'ipfs://example.com/',
  ],
  ...[
    'https://me@example.com/',
    'https://me:@example.com/',
    'https://:secret@example.com/',
    'https://me:secret@example.com/',
  ],
  ...[
    'https://example.com@10.0.0.1/',
    'https://example.com%40a@b.example.com/',
    'https://me%3Asecret@example.com/',
  ],
  ...[
    'https://example.com/#',
    'https://example.com/#top',
    'https://example.com#@10.0.0.1/',
    'https://example.com/?a=1#b',
  ],
  ...[' https://example.com/', 'https://example.com/ ', 'https://exa mple.com/', 'https://example.com/a b'],
  ...[
    'https://example.com/\t',
    'https://exam\nple.com/',
    'ht\ntps://example.com/',
    'https://example.com\\@10.0.0.1/',
  ],
  ...[
    'https:\\\\example.com/',
    'https://example.com\\.internal/',
    'https://example.com/\u0000',
    'https://example.com/\u007f',
  ],
  ...[
    'https://example.com/\u00a0',
    'https://example.com:99999/',
    'https://example.com:-1/',
    'https://example.com:x/',
  ],
  ...[
    'https://exa<mple.com/',
    'https://exa|mple.com/',
    'https://exa^mple.com/',
    'https://example%00.com/',
    'https://%/',
  ],
];

export const GOOD = [
  'https://example.com',
  'https://example.com/',
  'https://example.com./hook',
  'HTTPS://Example.COM/Hook?tenant=7&x=%23',
  'https://example.com:8443/hook',
  'https://hooks.example.co.uk/a/b/c',
  'https://bücher.example/hook',
  'https://xn--bcher-kva.example/hook',
  'https://1.example.com/',
  'https://127.0.0.1.example.com/',
  'https://0x7f.example.com/',
  'https://local.example.com/',
  'https://localhost.example.com/',
  'https://internal.example.com/',
  'https://notlocalhost.com/',
  'https://mylocal.net/',
  'https://the-internal.net/',
  'https://other.headway.example.com/',
  'https://headway.example.com.evil.example/',
  'https://my-worker.someone.workers.dev/hook',
  'https://example.com/@me',
  'https://example.com/?to=me@example.com',
  'https://a_b.example.com/',
];
