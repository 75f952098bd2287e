import type { Doc } from './json-schema';

/** What a recorded day and the files beside it show of the operations, by their ids. */
export interface Shown {
  examples: Record<
    string,
    { curl: string; request?: unknown; status: number; type?: string; answer?: unknown }
  >;
  /** Programs that ask the same, by their language. */
  samples: Record<string, Record<string, string>>;
}

interface Media {
  content?: Record<string, Doc>;
}

/** An operation with the request that was recorded, its answer, and programs that ask the same. */
export function withExample(operation: Doc, { examples, samples }: Shown): Doc {
  const id = String(operation.operationId);
  const recorded = examples[id];
  const programs = Object.entries(samples).flatMap(([lang, { [id]: source }]) =>
    source === undefined ? [] : [{ lang, source }],
  );
  const command = recorded === undefined ? [] : [{ lang: 'Shell', label: 'curl', source: recorded.curl }];
  const codeSamples = [...command, ...programs];
  return {
    ...operation,
    ...(recorded === undefined ? {} : withRecorded(operation, recorded)),
    ...(codeSamples.length === 0 ? {} : { 'x-codeSamples': codeSamples }),
  };
}

function withRecorded(operation: Doc, { request, status, type, answer }: Shown['examples'][string]): Doc {
  const asked = operation.requestBody as Media | undefined;
  const answers = operation.responses as Record<string, Media>;
  const answered = answers[status];
  return {
    ...(asked === undefined ? {} : { requestBody: shown(asked, request) }),
    responses: answered === undefined ? answers : { ...answers, [status]: shown(answered, answer, type) },
  };
}

/** With an example of the media type that it is of, or of the only one there is. */
function shown(media: Media, example: unknown, of?: string): Media {
  if (example === undefined || media.content === undefined) return media;
  const essence = (type: string | undefined) => type?.split(';', 1)[0];
  const content = Object.entries(media.content).map(([type, one]) => {
    return [type, of === undefined || essence(type) === essence(of) ? { ...one, example } : one];
  });
  return { ...media, content: Object.fromEntries(content) };
}
