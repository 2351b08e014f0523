import { NothingToConnect } from "#components/resources/nothing-to-connect.tsx";
import { QueryProvider } from "#components/ui/query-provider.tsx";
import { UsersView } from "#components/users/users-view.tsx";
import "#components/users/users.css";
import { readUserList, type UserSearchParams } from "../../../_users/read-list.ts";
import { type ResourceParams, requireResource } from "../require-resource.ts";

export default async function ResourceUsersPage({ params, searchParams }: { params: ResourceParams; searchParams: UserSearchParams }) {
  const { projectId, resourceId } = await params;
  const { scope, role, resource } = await requireResource(projectId, resourceId);
  if (resource.level === "app") return <NothingToConnect reason="app" setupHref={null} />;
  const { id, name } = resource;
  return (
    <QueryProvider>
      <UsersView {...(await readUserList(scope, role, searchParams, { id, name }))} />
    </QueryProvider>
  );
}
