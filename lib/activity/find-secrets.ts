/**
 * Where secrets stand in a text, in whichever way they are written there. Pure. Instead of listing the spellings of a secret, the
 * text is read in each way that an API may have written it (percent-encoding, JSON and HTML escapes, one over the other), and the
 * secret is looked for in every reading: so it doesn't matter which characters an encoder happens to escape. Linear in the text.
 */

/** A value that nobody may see. Of a password not even the last four characters are shown. */
export type Hidden = string | { value: string; showsEnd: boolean };

export const MASK = "••••••";
/** `•••••• 9f2c` for tokens of 20 characters or more (rules.md, Resources 8), dots alone for anything else. */
export const maskOf = (hidden: Hidden): string => {
  const { value, showsEnd } = typeof hidden === "string" ? { value: hidden, showsEnd: true } : hidden;
  return showsEnd && /^[\x21-\x7e]{20,}$/.test(value) ? `${MASK} ${value.slice(-4)}` : MASK;
};

export type Needle = {
  text: string;
  mask: string;
  /** Counts only where it stands alone: what is this short is part of many words. */
  alone?: RegExp;
};

/** Shorter secrets are found where they stand alone. */
const SHORTEST_ANYWHERE = 4;
/** Fewer certain characters of base64 would be found in any long token. */
const SHORTEST_BASE64 = 8;
const WORD = /[A-Za-z0-9]/;
const BASE64 = /[A-Za-z0-9+/_-]/;

export function needlesOf(hidden: Hidden): Needle[] {
  const value = typeof hidden === "string" ? hidden : hidden.value;
  const mask = maskOf(hidden);
  // As the filters `upper` and `lower` write it.
  return [...new Set([value, value.toUpperCase(), value.toLowerCase()])].flatMap((cased) => needlesOfText(cased, mask));
}

function needlesOfText(value: string, mask: string): Needle[] {
  const bytes = new TextEncoder().encode(value);
  const alone = value.length < SHORTEST_ANYWHERE ? { alone: WORD } : {};
  // Headers arrive as Latin-1, whatever was meant.
  const asLatin1 = bytes.length === value.length ? value : String.fromCharCode(...bytes.subarray(0, 65_536));
  const texts = asLatin1 === value ? [value] : [value, asLatin1];
  return [...texts.map((text) => ({ text, mask, ...alone })), ...base64Needles(bytes, mask)];
}

/** Base64 inside longer text depends on its offset modulo 3: what is certain at each offset is looked for. */
function base64Needles(bytes: Uint8Array, mask: string): Needle[] {
  const fragments = [0, 1, 2].map((offset) => {
    const padded = new Uint8Array(offset + bytes.length);
    padded.set(bytes, offset);
    return toBase64(padded).slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });
  const needles: Needle[] = fragments.filter((text) => text.length >= SHORTEST_BASE64).map((text) => ({ text, mask }));
  if (needles.length < 3) needles.push({ text: toBase64(bytes).replace(/=+$/, ""), mask, alone: BASE64 });
  return needles.flatMap((needle) => {
    const urlSafe = needle.text.replaceAll("+", "-").replaceAll("/", "_");
    return urlSafe === needle.text ? [needle] : [needle, { ...needle, text: urlSafe }];
  });
}

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8_192) binary += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return btoa(binary);
}

/**
 * Needles by their first characters, so that a text is read once however many there are: an attacker may choose both the text and some
 * of the needles, and other calls wait meanwhile.
 */
export type NeedleIndex = {
  /** By a hash of the first characters: which of `buckets`, 0 for none. Made for the first needle. */
  slots: Uint16Array | null;
  buckets: Needle[][];
  /** Too short for the hash. */
  short: Needle[];
};

/** How many characters the hash is of, and to how many bits. */
const HASHED = 4;
const SLOT_BITS = 13;
/** The hash of the characters last shifted into `key`, eight bits each. */
const slotOf = (key: number): number => Math.imul(key, 0x9e3779b1) >>> (32 - SLOT_BITS);

export const createIndex = (): NeedleIndex => ({ slots: null, buckets: [[]], short: [] });

export function addNeedle(index: NeedleIndex, needle: Needle): void {
  if (needle.text.length < HASHED) {
    index.short.push(needle);
    return;
  }
  const { buckets } = index;
  index.slots ??= new Uint16Array(1 << SLOT_BITS);
  const { slots } = index;
  let key = 0;
  for (let at = 0; at < HASHED; at++) key = (key << 8) ^ needle.text.charCodeAt(at);
  const slot = slotOf(key);
  const bucket = buckets[slots[slot]!]!;
  if (slots[slot] !== 0) bucket.push(needle);
  else slots[slot] = buckets.push([needle]) - 1;
}

type Found = { start: number; end: number; mask: string };
/** What one text may cost: places that are found, and characters that are compared. Few honest texts come near it. */
const MOST_FOUND = 10_000;
const MOST_COMPARED = 2_000_000;
type Search = { found: Found[]; compared: number };
const isTooMuch = ({ found, compared }: Search): boolean => found.length > MOST_FOUND || compared > MOST_COMPARED;

/** The text with every needle masked. What overlaps is masked as one; a text that takes too long to read is masked whole. */
export function maskNeedles(text: string, index: NeedleIndex): string {
  const search: Search = { found: [], compared: 0 };
  for (const reading of readings(text)) {
    findShort(reading, index, search);
    findHashed(reading, index, search);
    if (isTooMuch(search)) return MASK;
  }
  const { found } = search;
  if (found.length === 0) return text;
  found.sort((a, b) => a.start - b.start || b.end - a.end || a.mask.length - b.mask.length);
  let masked = "";
  let at = 0;
  for (let index = 0; index < found.length; ) {
    const { start, mask } = found[index]!;
    let { end } = found[index]!;
    let isOne = true;
    for (index++; index < found.length && found[index]!.start < end; index++) {
      isOne &&= found[index]!.end <= end;
      end = Math.max(end, found[index]!.end);
    }
    masked += text.slice(at, start) + (isOne ? mask : MASK);
    at = end;
  }
  return masked + text.slice(at);
}

function findShort(reading: Reading, { short }: NeedleIndex, search: Search): void {
  const { text } = reading;
  for (const needle of short) {
    for (let at = text.indexOf(needle.text); at >= 0 && !isTooMuch(search); at = text.indexOf(needle.text, at + needle.text.length)) {
      // Looking at what stands around it costs as much as many characters.
      search.compared += 64;
      note(reading, at, needle, search);
    }
  }
}

function findHashed(reading: Reading, { slots, buckets }: NeedleIndex, search: Search): void {
  if (!slots) return;
  const { text } = reading;
  let key = 0;
  for (let at = 0; at < text.length; at++) {
    key = (key << 8) ^ text.charCodeAt(at);
    const bucket = slots[slotOf(key)]!;
    if (bucket === 0 || at < HASHED - 1) continue;
    const start = at - (HASHED - 1);
    for (const needle of buckets[bucket]!) {
      const same = countSame(text, start, needle.text);
      search.compared += same + 1;
      if (same === needle.text.length) note(reading, start, needle, search);
    }
    if (isTooMuch(search)) return;
  }
}

/** How many characters of a needle stand at this place of a text. */
function countSame(text: string, start: number, needle: string): number {
  let same = 0;
  while (same < needle.length && text.charCodeAt(start + same) === needle.charCodeAt(same)) same++;
  return same;
}

function note({ text, offsets }: Reading, at: number, needle: Needle, { found }: Search): void {
  const end = at + needle.text.length;
  if (needle.alone && !standsAlone(text, at, end, needle.alone)) return;
  found.push({ start: offsets ? offsets[at]! : at, end: offsets ? offsets[end]! : end, mask: needle.mask });
}

/** Whether no character of the same kind touches it. What has no such character at its edge stands alone between quotes and the like. */
function standsAlone(text: string, start: number, end: number, kind: RegExp): boolean {
  const isFree = (edge: string, neighbour: string | undefined) =>
    neighbour === undefined || (kind.test(edge) ? !kind.test(neighbour) : /["'=:&,;\s/]/.test(neighbour));
  return isFree(text[start]!, text[start - 1]) && isFree(text[end - 1]!, text[end]);
}

/** A text as a reader takes it, and where each of its characters stands in what was written (one offset more than characters). */
type Reading = { text: string; offsets: Uint32Array | null };

function readings(text: string): Reading[] {
  const plain: Reading = { text, offsets: null };
  const json = unescapeJson(plain);
  const all = [
    plain,
    json,
    json && unescapeJson(json),
    ...[plain, json].flatMap((reading) => {
      const url = reading && unescapePercent(reading);
      const form = reading && plusAsSpace(reading);
      return [url, url && unescapePercent(url), form, form && unescapePercent(form)];
    }),
    unescapeHtml(plain),
  ];
  return all.filter((reading): reading is Reading => reading !== null);
}

const JSON_ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(["'\\/bfnrt]))/g;
const JSON_LETTERS: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

const unescapeJson = (reading: Reading) =>
  decode(reading, "\\", JSON_ESCAPE, ([, hex, letter = ""]) => [
    [hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (JSON_LETTERS[letter] ?? letter), 0],
  ]);

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

const unescapePercent = (reading: Reading) =>
  decode(reading, "%", /(?:%[0-9a-fA-F]{2})+/g, ([run]) => {
    const bytes = Uint8Array.from(run!.matchAll(/[0-9a-fA-F]{2}/g), ([hex]) => Number.parseInt(hex, 16));
    const pieces: [string, number][] = [];
    for (let at = 0; at < bytes.length; ) {
      const lead = bytes[at]!;
      const length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
      pieces.push([length === 1 && lead < 0x80 ? String.fromCharCode(lead) : UTF8.decode(bytes.subarray(at, at + length)), at * 3]);
      at += length;
    }
    return pieces;
  });

const HTML_NAMES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const unescapeHtml = (reading: Reading) =>
  decode(reading, "&", /&(?:(amp|lt|gt|quot|apos)|#(\d{1,6})|#[xX]([0-9a-fA-F]{1,5}));/g, ([, name, decimal, hex]) => [
    [name ? HTML_NAMES[name]! : String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex!, 16)), 0],
  ]);

const plusAsSpace = ({ text, offsets }: Reading): Reading | null =>
  text.includes("+") ? { text: text.replaceAll("+", " "), offsets } : null;

/** `pieces` of a match: what it says, and how far from the match's start each piece is written. Null when nothing is escaped. */
function decode(
  { text, offsets }: Reading,
  sign: string,
  escapes: RegExp,
  pieces: (match: RegExpExecArray) => [text: string, distance: number][],
): Reading | null {
  if (!text.includes(sign)) return null;
  const written = (index: number) => (offsets ? offsets[index]! : index);
  const decoded = new Uint32Array(text.length + 1);
  let result = "";
  let at = 0;
  const copy = (end: number) => {
    for (let index = at; index < end; index++) decoded[result.length + index - at] = written(index);
    result += text.slice(at, end);
  };
  for (const match of text.matchAll(escapes)) {
    copy(match.index);
    for (const [piece, distance] of pieces(match)) {
      for (let unit = 0; unit < piece.length; unit++) decoded[result.length + unit] = written(match.index + distance);
      result += piece;
    }
    at = match.index + match[0].length;
  }
  if (at === 0) return null;
  copy(text.length);
  decoded[result.length] = written(text.length);
  return { text: result, offsets: decoded };
}
