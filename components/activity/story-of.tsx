"use client";

import { useQuery } from "@tanstack/react-query";
import { Button } from "#components/ui/button.tsx";
import { lazyPart } from "#components/ui/lazy-part.tsx";
import { Note } from "#components/ui/note.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import type { ActionResult } from "#lib/errors.ts";
import type { CallDetailsProps } from "./call-details.tsx";
import type { CallStory } from "./call-words.ts";

const meanwhile = <SkeletonRows rows={6} label="Loading the call" />;
/** Lists are read far more often than a row of them is opened. */
const CallDetails = lazyPart(async () => (await import("./call-details.tsx")).CallDetails, meanwhile);

export type ReadActivity = (values: { projectId: string; id: string; at: string }) => Promise<ActionResult<CallStory>>;

export interface StoryQuery {
  projectId: string;
  id: string;
  at: string;
  read: ReadActivity;
  /** What the server sent with the page. */
  initial?: CallStory | null;
}

/** All that is known of one row. What is written never changes, but the request it belongs to may go on for some seconds. */
export function useStory({ projectId, id, at, read, initial }: StoryQuery) {
  return useQuery({
    queryKey: ["activity-story", projectId, id],
    initialData: initial?.row.id === id ? initial : undefined,
    staleTime: 10_000,
    retry: false,
    queryFn: async () => {
      const [result] = await Promise.all([read({ projectId, id, at }), CallDetails.preload()]);
      if (!result.ok) throw new Error(result.error.message);
      return result.data;
    },
  });
}

/** The details of one row, or how far they have come. */
export function StoryOf({ renderRow, ...query }: StoryQuery & Pick<CallDetailsProps, "renderRow">) {
  const found = useStory(query);
  if (found.data) return <CallDetails projectId={query.projectId} story={found.data} renderRow={renderRow} />;
  if (found.isError)
    return (
      <div className="activity-part">
        <Note
          tone="danger"
          role="alert"
          title="The call didn’t load."
          action={
            <Button size="small" onClick={() => void found.refetch()}>
              Try again
            </Button>
          }
        >
          {found.error.message}
        </Note>
      </div>
    );
  return meanwhile;
}
