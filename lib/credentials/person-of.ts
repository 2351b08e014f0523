import { cutText } from "#lib/storable.ts";

export type Person = { name: string | null; email: string | null };

/** As apps and APIs write them, most telling first; compared without case, `_`, `-` and spaces. */
const NAMES = ["name", "fullname", "displayname"];
const EMAILS = ["email", "emailaddress", "mail"];

/**
 * Who somebody is, as far as flat facts about them tell: `setUserMetadata({ Name, Email })` of the app, or the saved fields of a User
 * Profile. A first and last name make a name where there is no whole one. For people to find a user by; nothing is decided by it. Pure.
 */
export function personOf(facts: Record<string, unknown>): Person {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(facts)) {
    const text = typeof value === "string" ? value.trim() : "";
    if (text) texts.set(key.toLowerCase().replace(/[_\-\s]/g, ""), text);
  }
  const first = (keys: string[]) => keys.map((key) => texts.get(key)).find(Boolean);
  const parts = [first(["firstname", "givenname"]), first(["lastname", "familyname", "surname"])].filter(Boolean).join(" ");
  const cut = (text: string | undefined) => (text ? cutText(text, 255) : null);
  const email = first(EMAILS);
  return { name: cut(first(NAMES) ?? parts), email: email?.includes("@") ? cut(email) : null };
}
