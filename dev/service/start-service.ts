/**
 * The service as a process of its own: `workerd serve` on a finished bundle, with its objects in a folder on
 * disk. The process is the server, so what is measured is the runtime and a SIGKILL is an honest crash.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Complaint } from '../command-line.ts';
import { claim, holdFolder } from './claim.ts';
import { untilHealthy } from './health.ts';
import { addressOf, LOOPBACK, urlOf } from './listen-address.ts';
import { type Exit, type Output, spawnWorkerd, type WorkerdProcess } from './process.ts';
import { settingsOf } from './settings.ts';
import { ALLOW_PRIVATE, DISK, SOCKET, workerdConfig } from './workerd-config.ts';

export interface ServiceOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  /** The IP address to listen on; loopback by default. */
  host?: string;
  /** Where the objects live; made if absent, for its owner alone. What is there survives every end of the process. */
  dataDir: string;
  /** Secrets, and variables that replace those of wrangler.toml. */
  bindings: Record<string, string>;
  /** A bundle that `buildBundle` made; starting never builds. */
  bundleDir: string;
  /** Where the log lines go; nowhere by default. */
  output?: Output;
  /** Flags of V8, such as `--max-heap-size=128` (MiB). */
  v8Flags?: readonly string[];
  /** Whether whoever is on this machine may look into it by V8's inspector: for measurements alone. */
  inspected?: boolean;
}

export interface Service {
  url: string;
  port: number;
  pid: number;
  /** The port of its inspector on loopback; never settles where it is not inspected. */
  inspectorPort: Promise<number>;
  /** Settles when the process has ended, for whatever reason. */
  exited: Promise<Exit>;
  /** Ends it in good order: requests under way are answered first, for three seconds at most. */
  stop(): Promise<Exit>;
  /** Ends it by a signal, SIGKILL unless another is named. */
  kill(signal?: NodeJS.Signals): Promise<Exit>;
}

/** Starts the service and resolves once it answers `GET /healthz` with 200. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { port = 0, host = LOOPBACK, bindings, output = 'ignore' } = options;
  const dataDir = resolve(options.dataDir);
  await mkdir(join(dataDir, 'objects'), { recursive: true, mode: 0o700 });
  const lock = await holdFolder(dataDir);
  let workerd: WorkerdProcess | null = null;
  try {
    const args = await argumentsOf(options, dataDir, addressOf(host, port));
    const spawned = spawnWorkerd(args, bindings, output, lock.fd);
    // Whoever hears of the end may start another on the same folder.
    workerd = { ...spawned, exited: spawned.exited.finally(lock.release) };
    const service = serviceOf(workerd, host, await untilUp(workerd, host, port));
    await claim(dataDir, service.pid, service.url);
    return service;
  } catch (error) {
    workerd?.child.kill('SIGKILL');
    await workerd?.exited.catch(() => null);
    await lock.release();
    throw error;
  }
}

/** What workerd is started with, its configuration written into `dataDir`. */
async function argumentsOf(options: ServiceOptions, dataDir: string, address: string): Promise<string[]> {
  const { bindings, bundleDir, v8Flags, inspected = false } = options;
  const config = join(dataDir, 'workerd.capnp');
  const loopback = bindings[ALLOW_PRIVATE] === '1';
  const settings = await settingsOf(bundleDir);
  const privateNetwork = (bindings.WEBHOOK_HOSTS ?? '') !== '';
  const runtime = { loopback, privateNetwork, ...(v8Flags === undefined ? {} : { v8Flags }) };
  await writeFile(config, workerdConfig(settings, Object.keys(bindings), runtime));
  return [
    'serve',
    config,
    `--import-path=${resolve(bundleDir)}`,
    `--socket-addr=${SOCKET}=${address}`,
    `--directory-path=${DISK}=${join(dataDir, 'objects')}`,
    ...(inspected ? [`--inspector-addr=${LOOPBACK}:0`] : []),
  ];
}

/** The port, once the service behind it is healthy. */
async function untilUp(workerd: WorkerdProcess, host: string, wanted: number): Promise<number> {
  const died = workerd.exited.then(({ code, signal }): never => {
    if (workerd.complaints().includes('Address already in use')) {
      throw new Complaint(`Port ${wanted} of ${host} is taken; name another one in PORT.`);
    }
    if (workerd.complaints().includes('Cannot assign requested address')) {
      throw new Complaint(`${host} is no address of this machine; name one that is in HOST.`);
    }
    throw new Error(`workerd ended (${signal ?? code}) before it answered.\n${workerd.complaints()}`);
  });
  const port = await Promise.race([workerd.port, died]);
  await Promise.race([untilHealthy(urlOf(host, port)), died]);
  return port;
}

function serviceOf({ child, exited, inspectorPort }: WorkerdProcess, host: string, port: number): Service {
  return {
    url: urlOf(host, port),
    port,
    pid: child.pid as number,
    inspectorPort,
    exited,
    async stop() {
      child.kill('SIGTERM');
      // A client that holds a stream open would keep it draining for ever.
      const patience = setTimeout(() => child.kill('SIGKILL'), 3_000);
      return exited.finally(() => clearTimeout(patience));
    },
    kill(signal = 'SIGKILL') {
      child.kill(signal);
      return exited;
    },
  };
}
