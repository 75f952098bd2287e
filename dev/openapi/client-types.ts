import type { Doc } from './json-schema';

const HEAD = `/**
 * What the client sends and is answered, by the names in openapi.json. \`npm run openapi\` writes this file from the
 * schemas.
 */
export interface Schemas {`;

/** The types of all schemas that the full surface, the operator’s and the deliveries of webhooks reach in the document. */
export function clientTypes(document: Doc): string {
  const { schemas } = document.components as { schemas: Record<string, Doc> };
  const reached = new Set<string>();
  const roots = [operationsOf(document.paths as Doc), document.webhooks];
  const waiting = roots.flatMap((root) => namesIn(root));
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    waiting.push(...namesIn(schemas[name]));
  }
  const members = [...reached].sort().map((name) => member(name, schemas[name] as Doc, true, '  '));
  return `${[HEAD, ...members, '}'].join('\n')}\n`;
}

function operationsOf(paths: Doc): unknown[] {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods as Doc));
  return operations.filter((operation) => {
    return (operation as { tags?: string[] }).tags?.some((tag) => tag === 'native' || tag === 'admin');
  });
}

/** The names of the schemas that stand somewhere in a part of the document. */
function namesIn(part: unknown): string[] {
  const found = JSON.stringify(part).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
  return [...found].map(([, name = '']) => name);
}

function member(name: string, schema: Doc, required: boolean, indent: string): string {
  const { description, deprecated } = schema as { description?: string; deprecated?: boolean };
  const said = [...(description ? [description.replaceAll(/\s+/g, ' ').replaceAll('*/', '* /')] : [])];
  if (deprecated) said.push('@deprecated');
  const comment = said.length === 0 ? '' : `${indent}/** ${said.join(' ')} */\n`;
  const type = typeOf(schema, indent);
  const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
  return `${comment}${indent}${key}${required ? '' : '?'}: ${type}${required ? '' : ' | undefined'};`;
}

function typeOf(schema: Doc, indent: string): string {
  const { $ref, anyOf, oneOf, allOf, type } = schema as Record<string, unknown>;
  if (typeof $ref === 'string') return `Schemas['${$ref.split('/').at(-1)}']`;
  if ('const' in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((word) => JSON.stringify(word)).join(' | ');
  const either = (anyOf ?? oneOf) as Doc[] | undefined;
  if (either !== undefined) return [...new Set(either.map((one) => typeOf(one, indent)))].join(' | ');
  if (Array.isArray(allOf)) return (allOf as Doc[]).map((one) => typeOf(one, indent)).join(' & ');
  const types = Array.isArray(type) ? (type as string[]) : [type as string | undefined];
  return types.map((one) => plain(one, schema, indent)).join(' | ');
}

function plain(type: string | undefined, schema: Doc, indent: string): string {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `Array<${typeOf((schema.items ?? {}) as Doc, indent)}>`;
    case 'object':
      return objectType(schema, indent);
    default:
      return 'unknown';
  }
}

function objectType(schema: Doc, indent: string): string {
  const {
    properties,
    additionalProperties,
    required = [],
  } = schema as {
    properties?: Record<string, Doc>;
    additionalProperties?: unknown;
    required?: string[];
  };
  if (properties === undefined) {
    const of =
      typeof additionalProperties === 'object' ? typeOf(additionalProperties as Doc, indent) : 'unknown';
    return `Record<string, ${of}>`;
  }
  const inner = Object.entries(properties).map(([name, one]) => {
    return member(name, one, required.includes(name), `${indent}  `);
  });
  return `{\n${inner.join('\n')}\n${indent}}`;
}
