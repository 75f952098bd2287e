/** A piece of a line and the classes that its colours are. */
interface Piece {
  text: string;
  classes: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them.
const SEQUENCE = /\u001b\[([0-9;:]*)m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same.
const OTHERS = /\u001b\[[0-9;?]*[A-Za-ln-z]|[\u0000-\u0008\u000b-\u001f]/g;

/** A line with the colours that a terminal would show, as classes: the page has no inline styles. */
export function Ansi({ line }: { line: string }) {
  if (!line.includes('\u001b')) return <>{line}</>;
  return (
    <>{piecesOf(line).map(({ text, classes }) => (classes ? <span class={classes}>{text}</span> : text))}</>
  );
}

export function piecesOf(line: string): Piece[] {
  const pieces: Piece[] = [];
  let [from, state] = [0, new Set<string>()];
  const put = (text: string) => {
    const clean = text.replace(OTHERS, '');
    if (clean !== '') pieces.push({ text: clean, classes: [...state].join(' ') });
  };
  for (const match of line.matchAll(SEQUENCE)) {
    put(line.slice(from, match.index));
    from = match.index + match[0].length;
    state = after(state, match[1] ?? '');
  }
  put(line.slice(from));
  return pieces;
}

/** The classes after the codes of one sequence. Source: ECMA-48, 8.3.117. */
function after(state: Set<string>, codes: string): Set<string> {
  let next = new Set(state);
  const rest = codes.split(';').map(Number);
  for (let code = rest.shift(); code !== undefined; code = rest.shift()) {
    // Colours of a larger table or by their parts are not shown; what names them is no code.
    if (code === 38 || code === 48) rest.splice(0, rest[0] === 5 ? 2 : 4);
    const colour = code >= 30 && code <= 37 ? code - 30 : code >= 90 && code <= 97 ? code - 82 : null;
    if (code === 0) next = new Set();
    else if (code === 1) next.add('ansi-bold');
    else if (code === 22) next.delete('ansi-bold');
    else if (colour !== null || code === 38 || code === 39) {
      next = new Set([...next].filter((name) => !/^ansi-\d/.test(name)));
      if (colour !== null) next.add(`ansi-${colour}`);
    }
  }
  return next;
}
