import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memberText } from '../../src/http/json-members';

it('finds the text of a member, however the object is written', () => {
  const spaces = fc.constantFrom('', ' ', '\n\t', '  \r\n');
  const value = fc.tuple(fc.jsonValue(), fc.constantFrom(undefined, 1)).map(([json, indent]) => {
    return JSON.stringify(json, null, indent);
  });
  const members = fc.array(fc.record({ name: fc.oneof(fc.constant('report'), fc.string()), value, spaces }));
  fc.assert(
    fc.property(members, spaces, (given, around) => {
      const written = given.map(
        ({ name, value, spaces }) => `${spaces}${JSON.stringify(name)}${spaces}:${around}${value}`,
      );
      const text = `${around}{${written.join(`${around},`)}${around}}`;
      const parsed = JSON.parse(text) as Record<string, unknown>;
      for (const { name } of given) {
        const found = memberText(text, name);
        const wanted = Object.getOwnPropertyDescriptor(parsed, name)?.value;
        expect(JSON.parse(found?.value ?? '')).toEqual(wanted);
        expect(Object.getOwnPropertyDescriptor(JSON.parse(`{${found?.member}}`), name)?.value).toEqual(
          wanted,
        );
      }
      if (!given.some(({ name }) => name === 'absent')) expect(memberText(text, 'absent')).toBeNull();
    }),
    { numRuns: 500 },
  );
});

it('takes the text as it stands', () => {
  const text = '{ "a": {"report": 1}, "report" : {"x": 1.0, "y": "}\\"]"} , "reports":[ 1,2 ] }';
  expect(memberText(text, 'report')).toEqual({
    member: '"report" : {"x": 1.0, "y": "}\\"]"}',
    value: '{"x": 1.0, "y": "}\\"]"}',
  });
  expect(memberText(text, 'reports')?.member).toBe('"reports":[ 1,2 ]');
  expect(memberText('{"r\\u0065port":true}', 'report')?.value).toBe('true');
  expect(memberText('{"report":1,"report":2}', 'report')?.value).toBe('2');
  expect(memberText('{}', 'report')).toBeNull();
});
