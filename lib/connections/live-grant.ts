import { AppError } from "#lib/errors.ts";
import type { PreparedTest } from "./prepare-test.ts";

/**
 * The app's live refresh token serves every user at this moment: a call that renews it while another does, or that ends half way,
 * could end the grant for all of them. Client credentials issue as many tokens as they are asked for, so those may go on.
 */
export function refuseLiveGrant({ isLive, definition }: Pick<PreparedTest, "isLive" | "definition">, what: string): void {
  if (!isLive || definition.authType !== "oauth2_refresh_token") return;
  throw new AppError(
    "conflict",
    `${what}, and this refresh token serves all users now: they could lose access. Get another refresh token from the API, choose Replace and paste it, then try again; the live one isn't touched.`,
  );
}
