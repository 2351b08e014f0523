import { KeyValues } from "#components/ui/key-values.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { LearnedTokens } from "#lib/connections/schema.ts";
import { learnedWords } from "./learned-words.ts";

/** How an API's tokens behave, as a Refresh drill saw it. */
export function LearnedFacts({ learned, className }: { learned: LearnedTokens; className?: string }) {
  const seen = { name: "Seen by a drill", value: <RelativeTime date={learned.at} /> };
  return <KeyValues className={className} items={[...learnedWords(learned), seen]} />;
}
