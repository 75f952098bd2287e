import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convertBatch } from '../../dev/demo/batch.ts';
import type { Divisions, Row } from '../../dev/demo/cities.ts';
import { convert } from '../../dev/demo/convert.ts';
import { compare, count, NOTHING } from '../../dev/demo/counts.ts';

const divisions: Divisions = {
  regions: new Map([
    ['DE.01', 'Baden-Württemberg'],
    ['AD.06', 'Sant Julià de Loria'],
  ]),
  districts: new Map([['DE.01.081', 'Regierungsbezirk Stuttgart']]),
  countriesWithDistricts: new Set(['DE']),
};

const stuttgart: Row = {
  name: 'Stuttgart',
  lat: '48.78',
  lng: '9.18',
  country: 'DE',
  admin1: '01',
  admin2: '081',
};

test('a whole row becomes a record', () => {
  assert.deepEqual(convert(stuttgart, divisions), {
    outcome: 'imported',
    place: {
      name: 'Stuttgart',
      country: 'DE',
      region: 'Baden-Württemberg',
      district: 'Regierungsbezirk Stuttgart',
      latitude: 48.78,
      longitude: 9.18,
    },
  });
});

const unusable: [string, Row, string][] = [
  ['no name', { name: ' ' }, 'name_missing'],
  ['no country', { country: undefined }, 'country_invalid'],
  ['a country in words', { country: 'Germany' }, 'country_invalid'],
  ['a latitude beyond the pole', { lat: '90.1' }, 'coordinates_invalid'],
  ['a longitude beyond the date line', { lng: '-180.5' }, 'coordinates_invalid'],
  ['an empty latitude', { lat: '' }, 'coordinates_invalid'],
  ['a latitude that is no decimal', { lat: '0x10' }, 'coordinates_invalid'],
  ['no region', { admin1: '' }, 'region_missing'],
  ['an unknown region', { admin1: '99' }, 'region_unknown'],
  ['a region of another country', { country: 'AD' }, 'region_unknown'],
];

for (const [what, change, type] of unusable) {
  test(`a row with ${what} is unusable`, () => {
    const conversion = convert({ ...stuttgart, ...change }, divisions);
    assert.equal(conversion.outcome, 'unusable');
    assert.equal(conversion.outcome === 'unusable' && conversion.flaw.error_type, type);
  });
}

test('a district that is missing or unknown is a gap, but not where a country has none', () => {
  const missing = convert({ ...stuttgart, admin2: '' }, divisions);
  assert.equal(missing.outcome === 'imported_with_gap' && missing.gap.error_type, 'district_missing');
  const unknown = convert({ ...stuttgart, admin2: '999' }, divisions);
  assert.equal(unknown.outcome === 'imported_with_gap' && unknown.gap.error_type, 'district_unknown');
  const andorra = { ...stuttgart, country: 'AD', admin1: '06', admin2: '' };
  assert.equal(convert(andorra, divisions).outcome, 'imported');
});

test('a batch has an error for each unusable row and a warning for each country and kind of gap', () => {
  const gap = { ...stuttgart, admin2: '' };
  const rows = [stuttgart, gap, { ...gap, name: 'Ulm' }, { ...gap, admin2: '999' }, { ...gap, admin1: '' }];
  const batch = convertBatch(rows, divisions, count(NOTHING, 'imported'));
  assert.deepEqual(batch.counts, { rows: 6, imported: 5, withGap: 3, unusable: 1 });
  assert.equal(batch.lines.trim().split('\n').length, 4);
  assert.deepEqual(
    batch.errors.map(({ entity_type, entity_key, error_type }) => [entity_type, entity_key, error_type]),
    [['city', 'DE/Stuttgart@48.78,9.18', 'region_missing']],
  );
  assert.deepEqual(
    batch.warnings.map(({ entity_key, error_type, details }) => [entity_key, error_type, details]),
    [
      ['DE', 'district_missing', { rows: 2, first: 'Stuttgart' }],
      ['DE', 'district_unknown', { rows: 1, first: 'Stuttgart' }],
    ],
  );
});

test('the comparison sees each number that differs', () => {
  const job = {
    job_id: '',
    status: 'partial_success',
    total_items: 6,
    processed_items: 5,
    failed_items: 1,
    warned_items: 3,
    errors_total: 1,
    progress_percentage: 100,
    error_message: null,
    metadata: {},
  };
  const file = { rows: 6, imported: 5, withGap: 3, unusable: 1 };
  const differing = (changed: typeof job) =>
    compare(changed, file)
      .filter((line) => line.job !== line.file)
      .map(({ what }) => what);
  assert.deepEqual(differing(job), []);
  assert.deepEqual(differing({ ...job, total_items: 7 }), ['rows']);
  assert.deepEqual(differing({ ...job, processed_items: 4, failed_items: 2 }), ['imported', 'unusable']);
  assert.deepEqual(differing({ ...job, warned_items: 0, errors_total: 2 }), [
    'of these with a gap',
    'errors recorded',
  ]);
  assert.deepEqual(differing({ ...job, status: 'completed' }), ['status']);
});
