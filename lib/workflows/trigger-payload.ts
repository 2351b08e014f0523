/** What steps read under `trigger` of the runs that begin by themselves: the runs and the editor's example have it from here. Pure. */

type User = { id: string; metadata: Record<string, unknown> };

/** `tickAt`: ISO, when it was due. */
export const scheduledPayload = (tickAt: string, user: Pick<User, "id">) => ({ scheduledAt: tickAt, user });

export const connectedPayload = (user: User, resource: { id: string; name: string }, profile: Record<string, unknown> | null) => ({
  user,
  resource,
  profile: profile ?? {},
});
