import { Email, MemberName } from "./schema.ts";

export type Identity = { email: string; name: string };

/**
 * Who a provider of single sign-on says it is: by the first set of claims whose email it has verified. One that it hasn't could be
 * anyone's, and the word of one set says nothing of another's. Null where there is none. Pure.
 */
export function readIdentity(sets: readonly (Record<string, unknown> | null | undefined)[]): Identity | null {
  for (const claims of sets) {
    const email = Email.safeParse(claims?.email);
    if (claims?.email_verified !== true || !email.success) continue;
    const name = MemberName.safeParse(sets.map((set) => set?.name).find(Boolean));
    return { email: email.data, name: name.success ? name.data : email.data.split("@")[0]! };
  }
  return null;
}
