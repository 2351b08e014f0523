import { HeaderName } from "#lib/resources/schema.ts";
import { isReturned } from "./given-headers.ts";

/**
 * The name of a header in an answer that is written here: by a trigger, or by a Response step. How answers travel is ours to say, and
 * so is what holds for this whole address, where the dashboard lives too. Checked where it is written, and again when it is sent.
 */
export const AnswerHeader = HeaderName.refine(
  (name) => isReturned(name) && !/^(content-encoding|x-run-id)$/i.test(name),
  "Patchbay sets this header itself, for it speaks of the connection or of this whole address. Remove it.",
);

export const isAnswerHeader = (name: string): boolean => AnswerHeader.safeParse(name).success;
