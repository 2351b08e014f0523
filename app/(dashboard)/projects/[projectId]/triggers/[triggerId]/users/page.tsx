import { createLoader } from "nuqs/server";
import { SUBSCRIPTION_PARAMS } from "#components/triggers/subscription-list.ts";
import { SubscriptionsView } from "#components/triggers/subscriptions-view.tsx";
import { can } from "#lib/projects/roles.ts";
import { requireTrigger, type TriggerParams } from "../../../_triggers/require-trigger.ts";
import { listShownSubscriptions } from "../../../_triggers/show-subscriptions.ts";
import { retrySubscriptionAction, searchSubscriptionsAction } from "../../../_triggers/subscription-actions.ts";

const readParams = createLoader(SUBSCRIPTION_PARAMS);

export default async function TriggerUsersPage({
  params,
  searchParams,
}: {
  params: TriggerParams;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { projectId, triggerId } = await params;
  const { scope, role, trigger, resource } = await requireTrigger(projectId, triggerId);
  const { q, state } = await readParams(searchParams);
  return (
    <SubscriptionsView
      projectId={projectId}
      trigger={{ id: trigger.id, name: trigger.name }}
      resource={{ id: resource.id, name: resource.name }}
      initial={{ q, state, page: await listShownSubscriptions(scope, { triggerId, state, q: q.slice(0, 255) }) }}
      mayEdit={can(role, "triggers.edit")}
      actions={{ search: searchSubscriptionsAction, retry: retrySubscriptionAction }}
    />
  );
}
