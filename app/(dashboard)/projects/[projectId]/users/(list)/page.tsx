import type { Metadata } from "next";
import { requireMember } from "#app/_gates/session.ts";
import { QueryProvider } from "#components/ui/query-provider.tsx";
import { UsersHead } from "#components/users/users-head.tsx";
import { UsersView } from "#components/users/users-view.tsx";
import { readUserList, type UserSearchParams } from "../../_users/read-list.ts";

export const metadata: Metadata = { title: "Connected Users" };

export default async function UsersPage({
  params,
  searchParams,
}: {
  params: Promise<{ projectId: string }>;
  searchParams: UserSearchParams;
}) {
  const { projectId } = await params;
  const { scope, role } = await requireMember(projectId, "users.read");
  return (
    <QueryProvider>
      <UsersHead />
      <UsersView {...(await readUserList(scope, role, searchParams, null))} />
    </QueryProvider>
  );
}
