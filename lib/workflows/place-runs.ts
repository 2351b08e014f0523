import { insertJobsFrom } from "#lib/jobs/enqueue.ts";
import { MOST_ADMITTED, STEP_JOB } from "./admit-runs.ts";

/*
 * Parts of the one statement that starts runs: one way to the database for a whole batch, whatever else is kept with it. What they read is
 * named by the tables (`with` queries) before them; all of a statement see the database as it was when it began.
 */

/** A workflow that the start `s` may begin; `listens` says by what. */
const live = (listens: string) => `
  select w.id, w.live_version, w.max_runs is not null or w.max_runs_per_user is not null from workflow w
  where w.project_id = s.project_id and w.trigger_type = s.source and ${listens}
    and w.is_enabled and w.deleted_at is null and w.paused_reason is null and w.live_version is not null
    and coalesce((select e.enabled from workflow_enablement e
      where e.project_id = w.project_id and e.workflow_id = w.id and e.user_id = s.user_id),
      s.user_id is null or w.is_on_by_default)`;

/**
 * From `start(n, project_id, source, trigger_key, only_workflow_id, user_id, dedupe_key, delivery_id, request_id)` to `target`: a run of each
 * live workflow that listens and is enabled for the user, and for which the key is free. Keys are taken in one order by everybody: of two
 * who take the same ones at once, neither waits for the other in a circle.
 */
export const CHOOSE_TARGETS = `
  begun as materialized (
    select s.*, null::uuid as replay_of, f.workflow_id, f.version, f.is_limited, gen_random_uuid() as id
    from start s join project p on p.id = s.project_id and p.deleted_at is null cross join lateral (
      ${live("w.trigger_key = s.trigger_key")}
      union all ${live("s.source = 'user_connected' and w.trigger_key is null")}
      union all ${live("w.id = s.only_workflow_id")}
    ) f(workflow_id, version, is_limited)
  ), keyed as (
    insert into run_key (project_id, workflow_id, user_id, key, run_id)
    select project_id, workflow_id, coalesce(user_id::text, ''), dedupe_key, id from begun where dedupe_key is not null order by 1, 2, 3, 4
    on conflict do nothing returning run_id
  ), target as materialized (
    select * from begun where dedupe_key is null or id in (select run_id from keyed)
  )`;

/**
 * Writes the runs of `target`, each with its input from `payload(n, input)`, and the first jobs of those that may begin at once: where the
 * workflow says no number, the project has room in the queue, and nobody waits. `placed` has them with `is_admitted`, and `has_room`
 * of their project: one that waits there is to be admitted by counting (admit-runs).
 *
 * Nothing is locked to count: of two who count at the same moment both may find the last place, and a project has a few more in the queue
 * than it should, which hurts nobody. `at` is in whole milliseconds, since jobs name a run by its time too.
 */
export const PLACE_RUNS = `
  room as materialized (
    select p.project_id, date_trunc('milliseconds', clock_timestamp()) as at,
      exists (select from run r where r.project_id = p.project_id and r.admitted_at is null and r.status = 'queued') as is_waited,
      ${MOST_ADMITTED} - (select count(*) from (select from run r where r.project_id = p.project_id and r.admitted_at is not null
        and r.status in ('queued', 'running') limit ${MOST_ADMITTED}) a) as room
    from (select distinct project_id from target) p
  ), placed as materialized (
    select t.*, r.at, r.room > 0 as has_room, not t.is_limited and not r.is_waited
      and count(*) filter (where not t.is_limited) over (partition by t.project_id order by t.n, t.id) <= r.room as is_admitted
    from target t join room r on r.project_id = t.project_id
  ), written as (
    insert into run (project_id, id, at, workflow_id, version, user_id, source, delivery_id, replay_of, request_id, input, state, admitted_at)
    select t.project_id, t.id, t.at, t.workflow_id, t.version, t.user_id, t.source, t.delivery_id, t.replay_of, t.request_id, p.input, '{}',
      case when t.is_admitted then now() end
    from placed t join payload p on p.n = t.n
  ), first_step as (
    select jsonb_build_object('name', '${STEP_JOB}', 'data', jsonb_build_object('projectId', project_id, 'runId', id,
      'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))) as data,
      now() as start_after, gen_random_uuid()::text as singleton_key, project_id::text as group_id
    from placed where is_admitted
  ), job as (${insertJobsFrom("first_step")} returning id)`;

/** What the statement gives of each run of `placed`. */
export type Placed = { n: number; id: string; projectId: string; isLeft: boolean };
export const PLACED = `p.n, p.id, p.project_id as "projectId", p.has_room and not p.is_admitted as "isLeft"`;

/** Projects where a run waits for whom there may be room. */
export const projectsLeft = (placed: readonly Pick<Placed, "projectId" | "isLeft">[]): string[] =>
  // In one order: admitting locks workflows that have a limit.
  [...new Set(placed.filter(({ isLeft }) => isLeft).map(({ projectId }) => projectId))].sort();
