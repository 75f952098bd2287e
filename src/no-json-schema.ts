// Zod's writer of JSON Schema, left out of the bundle: OpenAPI is written when the service is built, not where it runs.
const notHere = () => () => {
  throw new Error('JSON Schema is not written here');
};

export const createToJSONSchemaMethod = notHere;
export const createStandardJSONSchemaMethod = notHere;
export const toJSONSchema = notHere();
