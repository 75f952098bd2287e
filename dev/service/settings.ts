/** What workerd has to know of the Worker, read from wrangler.toml so that nothing is listed twice. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Complaint } from '../command-line.ts';

export interface WorkerSettings {
  /** The bundled module's file name. */
  module: string;
  compatibilityDate: string;
  compatibilityFlags: string[];
  vars: Record<string, unknown>;
  /** The Durable Object namespaces the Worker is bound to. */
  namespaces: { binding: string; className: string; sqlite: boolean }[];
  /** The files that it serves as they are, by their names in `assets/` beside the module. */
  assets?: readonly string[];
}

/** The part of wrangler's configuration that is read here; its own type needs packages it does not ship. */
interface WranglerConfig {
  main?: string;
  compatibility_date?: string;
  compatibility_flags: string[];
  vars: Record<string, unknown>;
  durable_objects: { bindings: { name: string; class_name: string }[] };
}

/** The settings of a finished bundle. */
export async function settingsOf(bundleDir: string): Promise<WorkerSettings> {
  try {
    return JSON.parse(await readFile(settingsFile(bundleDir), 'utf8')) as WorkerSettings;
  } catch (error) {
    throw new Complaint(`There is no bundle in ${bundleDir}; build it first.`, { cause: error });
  }
}

/** Puts the settings beside the module they are for. */
export async function keepSettings(bundleDir: string, settings: WorkerSettings): Promise<void> {
  await writeFile(settingsFile(bundleDir), `${JSON.stringify(settings, null, 2)}\n`);
}

function settingsFile(bundleDir: string): string {
  return join(bundleDir, 'settings.json');
}

/** Reads the settings of the Worker that `configFile` describes. */
export async function readSettings(configFile: string): Promise<WorkerSettings> {
  // wrangler takes a second to load, and whoever starts a service from a finished bundle has no use for it.
  const wrangler = await import('wrangler');
  const config = wrangler.unstable_readConfig({ config: configFile }, { hideWarnings: true });
  const { main, compatibility_date, compatibility_flags, vars, durable_objects }: WranglerConfig = config;
  if (!main || !compatibility_date) {
    throw new Error(`${configFile} names no main module or no compatibility date`);
  }
  const sqlite: Map<string, boolean> = wrangler.unstable_getDurableObjectClassNameToUseSQLiteMap(
    config.migrations,
    config.exports,
  );
  return {
    module: basename(main).replace(/\.\w+$/, '.js'),
    compatibilityDate: compatibility_date,
    compatibilityFlags: compatibility_flags,
    vars,
    namespaces: durable_objects.bindings.map(({ name, class_name }) => ({
      binding: name,
      className: class_name,
      sqlite: sqlite.get(class_name) ?? false,
    })),
  };
}
