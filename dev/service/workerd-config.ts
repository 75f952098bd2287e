/** The configuration `workerd serve` reads: one Worker, its objects on a disk folder, one HTTP socket. */
import type { WorkerSettings } from './settings.ts';

/** Names the command line refers to: the socket's address and the disk's path are given there. */
export const SOCKET = 'http';
export const DISK = 'objects';

/** On a developer's machine receivers of webhooks are on loopback. No deployed service has this. */
export const ALLOW_PRIVATE = 'ALLOW_PRIVATE_WEBHOOKS';

/** The way to private hosts, which the Worker takes for those of `WEBHOOK_HOSTS` alone. */
const PRIVATE_NETWORK = 'private-network';

export interface ConfigOptions {
  /** Whether loopback is reached from the Worker, beside public addresses. */
  loopback?: boolean;
  /** Whether the hosts of `WEBHOOK_HOSTS` are reached. */
  privateNetwork?: boolean;
  /** Where the module is: beside the configuration, or at the root of an import path, which is the default. */
  moduleBeside?: boolean;
  /** Flags of V8, such as `--max-heap-size=128` (MiB). */
  v8Flags?: readonly string[];
}

/**
 * The configuration as text. `secrets` are names of bindings: workerd takes their values from its
 * environment, so none is written to a file. The global outbound is workerd's own, public addresses only, unless
 * `loopback` is to be reached too: what a public name resolves to can't lead into a private network.
 */
export function workerdConfig(
  settings: WorkerSettings,
  secrets: readonly string[],
  { loopback = false, privateNetwork = false, moduleBeside = false, v8Flags = [] }: ConfigOptions = {},
): string {
  const root = moduleBeside ? '' : '/';
  const module = root + settings.module;
  const { assets = [] } = settings;
  const vars = Object.entries(settings.vars).filter(([name]) => !secrets.includes(name));
  const bindings = [
    ...vars.map(([name, value]) => `(name = ${text(name)}, ${plainValue(value)})`),
    ...secrets.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`),
    ...(privateNetwork ? [`(name = "PRIVATE_NETWORK", service = ${text(PRIVATE_NETWORK)})`] : []),
    ...(assets.length === 0 ? [] : ['(name = "ASSETS", service = "assets")']),
    ...settings.namespaces.map(
      ({ binding, className }) => `(name = ${text(binding)}, durableObjectNamespace = ${text(className)})`,
    ),
  ];
  const classes = new Map(settings.namespaces.map(({ className, sqlite }) => [className, sqlite]));
  const namespaces = [...classes].map(
    // The key names the folder of a class and is part of each object's id: it must never change.
    ([className, sqlite]) =>
      `(className = ${text(className)}, uniqueKey = ${text(`headway-${className}`)}, enableSql = ${sqlite})`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "headway", worker = (
      modules = [(name = ${text(settings.module)}, esModule = embed ${text(module)})],
      compatibilityDate = ${text(settings.compatibilityDate)},
      compatibilityFlags = ${list(settings.compatibilityFlags.map(text))},
      bindings = ${list(bindings)},
      durableObjectNamespaces = ${list(namespaces)},
      durableObjectStorage = (localDisk = ${text(DISK)}),
    )),
    (name = ${text(DISK)}, disk = (writable = true)),${assetsService(settings, root)}${loopback ? LOOPBACK : ''}${privateNetwork ? PRIVATE : ''}
  ],
  sockets = [(name = ${text(SOCKET)}, http = (), service = "headway")],
  v8Flags = ${list(v8Flags.map(text))},
);
`;
}

const PRIVATE = `
    (name = "${PRIVATE_NETWORK}", network = (
      allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true)
    )),`;
const LOOPBACK = `
    (name = "internet", network = (allow = ["public", "local"], tlsOptions = (trustBrowserCas = true))),`;

/** Gives the bytes of each file under its name. They are read with the configuration: no path leads to a folder. */
const ASSETS_MODULE = `export default {
  fetch(request, files) {
    const name = new URL(request.url).pathname.slice(1);
    return Object.hasOwn(files, name) ? new Response(files[name]) : new Response(null, { status: 404 });
  },
};`;

function assetsService({ assets = [], compatibilityDate }: WorkerSettings, root: string): string {
  if (assets.length === 0) return '';
  const files = assets.map((name) => `(name = ${text(name)}, data = embed ${text(`${root}assets/${name}`)})`);
  return `
    (name = "assets", worker = (
      modules = [(name = "assets.js", esModule = ${text(ASSETS_MODULE)})],
      compatibilityDate = ${text(compatibilityDate)},
      bindings = ${list(files)},
    )),`;
}

function plainValue(value: unknown): string {
  return typeof value === 'string' ? `text = ${text(value)}` : `json = ${text(JSON.stringify(value))}`;
}

// JSON's escapes of printable text are a subset of Cap'n Proto's.
function text(value: string): string {
  return JSON.stringify(value);
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '[]' : `[\n        ${items.join(',\n        ')},\n      ]`;
}
