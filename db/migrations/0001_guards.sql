-- One credential an owner and user; the test user keeps one for each authentication type.
CREATE UNIQUE INDEX "credential_owner" ON "credential" ("project_id", "resource_id", "owner", "user_id") NULLS NOT DISTINCT WHERE "owner" <> 'test';
--> statement-breakpoint
CREATE UNIQUE INDEX "credential_test" ON "credential" ("project_id", "resource_id", "user_id", "auth_type") WHERE "owner" = 'test';
--> statement-breakpoint
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_append_only" BEFORE UPDATE OR DELETE ON "audit" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_no_truncate" BEFORE TRUNCATE ON "audit" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
-- Makes the partitions of the days and months ahead and drops those past their retention (rules.md, Time and retention).
-- Safe to run at any time, by several processes at once.
CREATE FUNCTION "ensure_partitions"() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  plan record;
  first_day date;
  part record;
  slot date;
  step interval;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('patchbay.ensure_partitions'));
  FOR plan IN SELECT * FROM (VALUES ('activity', 'day', 7, 30), ('audit', 'month', 2, 400), ('credential_event', 'month', 2, 400)) AS t(parent, unit, ahead, keep_days) LOOP
    step := ('1 ' || plan.unit)::interval;
    first_day := date_trunc(plan.unit, (now() AT TIME ZONE 'UTC'))::date;
    FOR n IN -1..plan.ahead LOOP
      slot := (first_day + n * step)::date;
      EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
        plan.parent || '_' || to_char(slot, 'YYYYMMDD'), plan.parent, slot::text || ' 00:00:00+00', ((slot + step)::date)::text || ' 00:00:00+00');
    END LOOP;
    FOR part IN
      SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
      WHERE p.relname = plan.parent AND c.relname ~ '_[0-9]{8}$'
        AND to_date(right(c.relname, 8), 'YYYYMMDD') + step < (now() AT TIME ZONE 'UTC') - make_interval(days => plan.keep_days)
    LOOP
      EXECUTE format('DROP TABLE %I', part.relname);
    END LOOP;
  END LOOP;
END $$;
