"use client";

/** Signs out and loads the sign-in page anew: nothing of the session stays in this tab's memory. */
export const useSignOut = (signOut: () => Promise<unknown>) => () => void signOut().finally(() => window.location.assign("/sign-in"));
