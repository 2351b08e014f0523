import { createLoader } from "nuqs/server";
import { DeliveriesView } from "#components/triggers/deliveries-view.tsx";
import { DELIVERY_PARAMS } from "#components/triggers/delivery-params.ts";
import { getDatabase } from "#db/client.ts";
import { listDeliveries } from "#db/queries/deliveries.ts";
import { can } from "#lib/projects/roles.ts";
import { showDelivery } from "#lib/triggers/tell-delivery.ts";
import {
  applyDiagnosisAction,
  diagnoseDeliveryAction,
  mapDeliveriesAction,
  readDeliveryAction,
  releaseDeliveriesAction,
  replayDeliveriesAction,
  searchDeliveriesAction,
} from "../../../_triggers/delivery-actions.ts";
import { requireTrigger, type TriggerParams } from "../../../_triggers/require-trigger.ts";

const readParams = createLoader(DELIVERY_PARAMS);

export default async function DeliveriesPage({
  params,
  searchParams,
}: {
  params: TriggerParams;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { projectId, triggerId } = await params;
  const { scope, role, trigger } = await requireTrigger(projectId, triggerId);
  const { status } = await readParams(searchParams);
  const { rows, next } = await listDeliveries(scope, getDatabase().sql, { triggerId, status });
  return (
    <DeliveriesView
      projectId={projectId}
      trigger={{ id: trigger.id, verification: trigger.body.verification }}
      initial={{ status, page: { rows: rows.map(showDelivery), next } }}
      mayEdit={can(role, "triggers.edit")}
      mayApply={can(role, "secrets.write")}
      actions={{
        search: searchDeliveriesAction,
        read: readDeliveryAction,
        diagnose: diagnoseDeliveryAction,
        applyDiagnosis: applyDiagnosisAction,
        release: releaseDeliveriesAction,
        map: mapDeliveriesAction,
        replay: replayDeliveriesAction,
      }}
    />
  );
}
