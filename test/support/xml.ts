/** A strict reader of the XML 1.0 that a picture needs: elements, quoted attributes, the five entities and text. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: (Element | string)[];
}

const NAME = '[A-Za-z_][\\w.-]*';
const TOKEN = new RegExp(
  `<(?<open>${NAME})(?<attributes>(?: ${NAME}="[^"<]*")*)(?<empty>/?)>|</(?<close>${NAME})>|(?<text>[^<>]+)`,
  'uy',
);
/** Production 2 of the standard: what a document may hold at all. */
const ALLOWED = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;
const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" };

/** The root element of `source`; throws where it is not well-formed. */
export function readXml(source: string): Element {
  if (!ALLOWED.test(source)) throw new Error('a character that XML does not allow');
  const root: Element = { name: '', attributes: {}, children: [] };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(source)?.groups;
    const parent = open.at(-1);
    if (groups === undefined || parent === undefined) throw new Error(`no XML: ${source.slice(at, at + 60)}`);
    if (groups.text !== undefined) parent.children.push(decode(groups.text));
    else if (groups.open !== undefined) {
      const element = { name: groups.open, attributes: attributesOf(groups.attributes ?? ''), children: [] };
      parent.children.push(element);
      if (groups.empty === '') open.push(element);
    } else if (open.pop()?.name !== groups.close)
      throw new Error(`</${groups.close}> closes another element`);
  }
  const [document, ...more] = root.children;
  if (open.length !== 1 || typeof document !== 'object' || more.length > 0)
    throw new Error('not one element');
  return document;
}

/** All elements of `name` below `element`, in order. */
export function findAll(element: Element, name: string): Element[] {
  return element.children.flatMap((child) =>
    typeof child === 'string' ? [] : [...(child.name === name ? [child] : []), ...findAll(child, name)],
  );
}

export function textOf(element: Element): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/ ([^=]+)="([^"]*)"/g)) {
    if (name in attributes) throw new Error(`${name} twice`);
    attributes[name] = decode(value);
  }
  return attributes;
}

function decode(text: string): string {
  return text.replaceAll(/&([^;]*);?/g, (whole, name: string) => {
    const character = whole.endsWith(';') ? ENTITIES[name] : undefined;
    if (character === undefined) throw new Error(`no entity: ${whole}`);
    return character;
  });
}
