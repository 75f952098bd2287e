/** The import's rules, row by row: a city needs a region that resolves; a district is good to have. */
import type { Divisions, Row } from './cities.ts';

/** The record that a row becomes. */
export interface Place {
  name: string;
  country: string;
  region: string;
  district: string | null;
  latitude: number;
  longitude: number;
}

/** What is wrong with a row, in the words of a report's `error` and `warning`. */
export interface Flaw {
  error_type: string;
  message: string;
}

export type Conversion =
  | { outcome: 'imported'; place: Place }
  | { outcome: 'imported_with_gap'; place: Place; gap: Flaw }
  | { outcome: 'unusable'; flaw: Flaw };

/** Converts one row; a field that is absent or not text counts as empty. */
export function convert(row: Row, { regions, districts, countriesWithDistricts }: Divisions): Conversion {
  const name = textOf(row.name);
  const country = textOf(row.country);
  const latitude = degrees(row.lat, 90);
  const longitude = degrees(row.lng, 180);
  if (name === '') return unusable('name_missing', 'The row names no city.');
  if (!/^[A-Z]{2}$/.test(country)) return unusable('country_invalid', `"${country}" is no country code.`);
  if (latitude === null || longitude === null) {
    return unusable('coordinates_invalid', `"${textOf(row.lat)}, ${textOf(row.lng)}" is no place on Earth.`);
  }

  const regionCode = textOf(row.admin1);
  const region = regions.get(`${country}.${regionCode}`);
  if (regionCode === '') return unusable('region_missing', `${name} names no region.`);
  if (region === undefined) return unusable('region_unknown', `${country} has no region ${regionCode}.`);

  const districtCode = textOf(row.admin2);
  const district = districts.get(`${country}.${regionCode}.${districtCode}`) ?? null;
  const place = { name, country, region, district, latitude, longitude };
  if (district !== null) return { outcome: 'imported', place };
  if (districtCode !== '') return withGap(place, 'district_unknown', 'an unknown district');
  if (countriesWithDistricts.has(country)) return withGap(place, 'district_missing', 'no district');
  return { outcome: 'imported', place };
}

function unusable(error_type: string, message: string): Conversion {
  return { outcome: 'unusable', flaw: { error_type, message } };
}

function withGap(place: Place, error_type: string, message: string): Conversion {
  return { outcome: 'imported_with_gap', place, gap: { error_type, message } };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function degrees(value: unknown, limit: number): number | null {
  const text = textOf(value);
  const number = Number(text);
  return /^-?\d+(\.\d+)?$/.test(text) && Math.abs(number) <= limit ? number : null;
}
