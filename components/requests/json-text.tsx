const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON in the four colours of code. Anything longer stays plain: a megabyte of spans helps nobody. */
export function JsonText({ text }: { text: string }) {
  if (text.length > 50_000) return text;
  const pieces: React.ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon, word] = match;
    if (match.index > at) pieces.push(text.slice(at, match.index));
    const kind = string ? (colon ? "tok-key" : "tok-string") : word ? "tok-keyword" : "tok-number";
    pieces.push(
      <span key={match.index} className={kind}>
        {string ?? whole}
      </span>,
    );
    if (colon) pieces.push(colon);
    at = match.index + whole.length;
  }
  pieces.push(text.slice(at));
  return pieces;
}
