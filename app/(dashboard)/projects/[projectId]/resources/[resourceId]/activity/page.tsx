import { requireMember } from "#app/_gates/session.ts";
import { ActivityView } from "#components/activity/activity-view.tsx";
import { QueryProvider } from "#components/ui/query-provider.tsx";
import { readActivityAction, searchActivityAction } from "../../../_activity/actions.ts";
import { type ActivitySearch, loadActivity } from "../../../_activity/load-activity.ts";
import { type ResourceParams, requireResource } from "../require-resource.ts";

export default async function ResourceActivityPage({ params, searchParams }: { params: ResourceParams; searchParams: ActivitySearch }) {
  const { projectId, resourceId } = await params;
  const { resource } = await requireResource(projectId, resourceId);
  const { scope } = await requireMember(projectId, "activity.read");
  const initial = await loadActivity(scope, searchParams, resourceId);
  return (
    <QueryProvider>
      <ActivityView
        projectId={projectId}
        resources={[]}
        resource={{ id: resourceId, name: resource.name }}
        initial={initial}
        search={searchActivityAction}
        read={readActivityAction}
      />
    </QueryProvider>
  );
}
