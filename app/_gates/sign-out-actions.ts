"use server";

import { z } from "zod";
import { signOutEverywhere } from "#lib/projects/change-account.ts";
import { publicAction, signedInAction } from "./action.ts";
import { signOut } from "./auth.ts";

/** Ends the session on the server (auth.ts, events) and takes the cookie away. */
const signOutHere = publicAction({
  input: z.undefined(),
  run: async () => {
    await signOut({ redirect: false, redirectTo: "/" });
    return null;
  },
});
export const signOutAction = async () => signOutHere(undefined);

const everywhere = signedInAction({
  input: z.undefined(),
  run: async ({ db, member }) => {
    await signOutEverywhere(db, member);
    await signOut({ redirect: false, redirectTo: "/" });
    return null;
  },
});
export const signOutEverywhereAction = async () => everywhere(undefined);
