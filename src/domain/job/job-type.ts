/** The longest name of a type of jobs. */
export const JOB_TYPE_LENGTH = 100;

/** The types of jobs, one that is `asked` for or all, among those that there are for whoever asks; undefined for all. */
export function meetTypes(
  asked: string | null | undefined,
  among: readonly string[] | null | undefined,
): readonly string[] | undefined {
  if (asked === null || asked === undefined) return among ?? undefined;
  return among?.includes(asked) === false ? [] : [asked];
}
