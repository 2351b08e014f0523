/**
 * Next names actions anew with each build: a page that was opened before an update calls names that are gone. What to tell then, or
 * null for any other error: trying again can't help, only a reload does.
 */
export const stalePageMessage = (error: unknown): string | null =>
  error instanceof Error && error.name === "UnrecognizedActionError"
    ? "The server was updated while this page was open. Copy what you typed last, then reload the page."
    : null;
