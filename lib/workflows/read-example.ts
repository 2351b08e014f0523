/** The value of an example as it was typed; undefined, which everything fits, where there is none. Publishing has checked that it is JSON. */
export function readExample(text: string | undefined): unknown {
  if (!text || text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
