import { type ESTree, parseSync, Visitor } from 'vite';

/** What stands in a module's text from `start` to `end` is `text` instead. */
interface Edit {
  start: number;
  end: number;
  text: string;
}

/** What of a documented answer the service itself asks for. The rest is for its description. */
const ASKED = new Set(['contentType', 'schema']);
const TOLD = new Set(['summary', 'description']);

/**
 * The source of a module of the service without what only its description is made from: the texts of endpoints, what
 * schemas and answers say of themselves, and schemas that then nothing names. The description is built from the same
 * modules, whole, and served as a file.
 */
export function withoutDocs(file: string, source: string): string {
  const edits: Edit[] = [];
  const without = (properties: readonly ESTree.ObjectProperty[]) => {
    for (const { start, end } of properties) edits.push({ start, end: pastComma(source, end), text: '' });
  };
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} can't be read: ${errors[0]?.message}`);
  const visitor = new Visitor({
    CallExpression(call) {
      const { callee, arguments: given } = call;
      if (callee.type === 'MemberExpression' && nameOf(callee.property) === 'meta') {
        edits.push({ start: callee.object.end, end: call.end, text: '' });
      }
      const spec = given.at(-1);
      if (callee.type !== 'Identifier' || !callee.name.endsWith('Endpoint')) return;
      if (spec?.type === 'ObjectExpression') {
        without(propertiesOf(spec).filter(({ key }) => TOLD.has(nameOf(key))));
      }
    },
    ObjectExpression(object) {
      for (const { key, value } of propertiesOf(object)) {
        if (/^[1-5]\d\d$/.test(nameOf(key)) && value.type === 'ObjectExpression') {
          without(propertiesOf(value).filter((one) => !ASKED.has(nameOf(one.key))));
          for (const one of propertiesOf(value)) {
            // That there is a body is asked for, not which.
            if (nameOf(one.key) === 'schema') edits.push({ ...within(one), text: 'schema: {}' });
          }
        }
      }
    },
    VariableDeclaration({ kind, declarations }) {
      // A schema that nothing names is left out by whoever bundles, once it is known to do nothing but be made.
      for (const { init } of declarations) {
        if (kind !== 'const' || init == null || rootOf(init) !== 'z') continue;
        edits.push({ start: init.start, end: init.start, text: '/* @__PURE__ */ (() => ' });
        edits.push({ start: init.end, end: init.end, text: ')()' });
      }
    },
  });
  visitor.visit(program);
  return edited(source, edits);
}

function propertiesOf(object: ESTree.ObjectExpression): ESTree.ObjectProperty[] {
  return object.properties.filter((property) => property.type === 'Property');
}

function nameOf(key: ESTree.Node): string {
  if (key.type === 'Identifier') return key.name;
  return key.type === 'Literal' ? String(key.value) : '';
}

/** The name that a chain of calls and members begins with. */
function rootOf(node: ESTree.Node): string {
  if (node.type === 'CallExpression') return rootOf(node.callee);
  return node.type === 'MemberExpression' ? rootOf(node.object) : nameOf(node);
}

function within({ start, end }: ESTree.Node): { start: number; end: number } {
  return { start, end };
}

function pastComma(source: string, end: number): number {
  return end + (/^\s*,/.exec(source.slice(end, end + 200))?.[0].length ?? 0);
}

/** Edits inside what another takes out are gone with it. */
function edited(source: string, edits: readonly Edit[]): string {
  let text = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (edit.start < at) continue;
    text += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at);
}
