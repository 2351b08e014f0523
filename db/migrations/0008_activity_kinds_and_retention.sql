CREATE INDEX "activity_kind" ON "activity" USING btree ("project_id","kind","at") WHERE kind <> 'call';--> statement-breakpoint
CREATE INDEX "activity_rollup_bucket" ON "activity_rollup" USING brin ("bucket");--> statement-breakpoint
-- Makes the partitions of the days and months ahead. Drops none: a start must not, before it is known how long this instance keeps.
-- Safe to run at any time, by several processes at once.
CREATE OR REPLACE FUNCTION "ensure_partitions"() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  plan record;
  first_day date;
  slot date;
  step interval;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('patchbay.ensure_partitions'));
  FOR plan IN SELECT * FROM (VALUES ('activity', 'day', 7), ('audit', 'month', 2), ('credential_event', 'month', 2)) AS t(parent, unit, ahead) LOOP
    step := ('1 ' || plan.unit)::interval;
    first_day := date_trunc(plan.unit, (now() AT TIME ZONE 'UTC'))::date;
    FOR n IN -1..plan.ahead LOOP
      slot := (first_day + n * step)::date;
      EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
        plan.parent || '_' || to_char(slot, 'YYYYMMDD'), plan.parent, slot::text || ' 00:00:00+00', ((slot + step)::date)::text || ' 00:00:00+00');
    END LOOP;
  END LOOP;
END $$;
--> statement-breakpoint
-- Drops the partitions whose last row is older than its kind is kept: activity by day; audit and credential timelines by month.
CREATE FUNCTION "drop_old_partitions"(activity_days integer, history_days integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  part record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('patchbay.ensure_partitions'));
  FOR part IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
    JOIN (VALUES ('activity', interval '1 day', activity_days), ('audit', interval '1 month', history_days),
      ('credential_event', interval '1 month', history_days)) AS t(parent, step, keep_days) ON t.parent = p.relname
    WHERE c.relname ~ '_[0-9]{8}$'
      AND to_date(right(c.relname, 8), 'YYYYMMDD') + t.step < (now() AT TIME ZONE 'UTC') - make_interval(days => t.keep_days)
    ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I', part.relname);
    RETURN NEXT part.relname;
  END LOOP;
END $$;
