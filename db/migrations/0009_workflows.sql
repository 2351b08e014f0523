CREATE TABLE "run" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"workflow_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"user_id" uuid,
	"status" text DEFAULT 'queued' NOT NULL,
	"source" text NOT NULL,
	"admitted_at" timestamp with time zone,
	"delivery_id" uuid,
	"replay_of" uuid,
	"request_id" uuid,
	"input" jsonb NOT NULL,
	"state" jsonb NOT NULL,
	"response" jsonb,
	"failure" jsonb,
	"cancelled_at" timestamp with time zone,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"taken_over_at" timestamp with time zone,
	CONSTRAINT "run_project_id_id_at_pk" PRIMARY KEY("project_id","id","at")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "step_run" (
	"project_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"step_id" uuid NOT NULL,
	"item" text DEFAULT '' NOT NULL,
	"status" text NOT NULL,
	"result" text,
	"attempts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"input" jsonb,
	"input_bytes" integer,
	"output" jsonb,
	"output_bytes" integer,
	"failure" jsonb,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"until" timestamp with time zone,
	CONSTRAINT "step_run_project_id_run_id_step_id_item_at_pk" PRIMARY KEY("project_id","run_id","step_id","item","at")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "workflow" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"live_version" integer,
	"is_enabled" boolean DEFAULT false NOT NULL,
	"paused_reason" text,
	"max_runs" integer,
	"max_runs_per_user" integer,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp with time zone,
	"trigger_type" text,
	"trigger_key" text,
	"next_run_at" timestamp with time zone,
	CONSTRAINT "workflow_project_id_id_pk" PRIMARY KEY("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "workflow_draft" (
	"project_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"base_version" integer,
	"schema_version" integer NOT NULL,
	"body" jsonb NOT NULL,
	"updated_by" uuid,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflow_draft_project_id_workflow_id_pk" PRIMARY KEY("project_id","workflow_id")
);
--> statement-breakpoint
CREATE TABLE "workflow_enablement" (
	"project_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"enabled" boolean NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflow_enablement_project_id_workflow_id_user_id_pk" PRIMARY KEY("project_id","workflow_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "workflow_sample" (
	"project_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"key" text NOT NULL,
	"source" text NOT NULL,
	"value" jsonb,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflow_sample_project_id_workflow_id_key_pk" PRIMARY KEY("project_id","workflow_id","key")
);
--> statement-breakpoint
CREATE TABLE "workflow_version" (
	"project_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"schema_version" integer NOT NULL,
	"body" jsonb NOT NULL,
	"published_by" uuid,
	"published_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "workflow_version_project_id_workflow_id_number_pk" PRIMARY KEY("project_id","workflow_id","number")
);
--> statement-breakpoint
ALTER TABLE "workflow" ADD CONSTRAINT "workflow_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflow" ADD CONSTRAINT "workflow_created_by_member_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."member"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflow_draft" ADD CONSTRAINT "workflow_draft_updated_by_member_id_fk" FOREIGN KEY ("updated_by") REFERENCES "public"."member"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflow_draft" ADD CONSTRAINT "workflow_draft_project_id_workflow_id_workflow_project_id_id_fk" FOREIGN KEY ("project_id","workflow_id") REFERENCES "public"."workflow"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflow_enablement" ADD CONSTRAINT "workflow_enablement_project_id_workflow_id_workflow_project_id_id_fk" FOREIGN KEY ("project_id","workflow_id") REFERENCES "public"."workflow"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflow_sample" ADD CONSTRAINT "workflow_sample_project_id_workflow_id_workflow_project_id_id_fk" FOREIGN KEY ("project_id","workflow_id") REFERENCES "public"."workflow"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflow_version" ADD CONSTRAINT "workflow_version_published_by_member_id_fk" FOREIGN KEY ("published_by") REFERENCES "public"."member"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workflow_version" ADD CONSTRAINT "workflow_version_project_id_workflow_id_workflow_project_id_id_fk" FOREIGN KEY ("project_id","workflow_id") REFERENCES "public"."workflow"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "run_list" ON "run" USING btree ("project_id","at","id");--> statement-breakpoint
CREATE INDEX "run_workflow" ON "run" USING btree ("project_id","workflow_id","at");--> statement-breakpoint
CREATE INDEX "run_user" ON "run" USING btree ("project_id","user_id","at") WHERE user_id is not null;--> statement-breakpoint
CREATE INDEX "run_delivery" ON "run" USING btree ("project_id","delivery_id") WHERE delivery_id is not null;--> statement-breakpoint
CREATE INDEX "run_failed" ON "run" USING btree ("project_id","at") WHERE status = 'failed';--> statement-breakpoint
CREATE INDEX "run_open" ON "run" USING btree ("project_id","workflow_id","user_id") WHERE status in ('queued', 'running', 'waiting');--> statement-breakpoint
CREATE INDEX "run_waiting" ON "run" USING btree ("project_id","at") WHERE admitted_at is null and status = 'queued';--> statement-breakpoint
CREATE INDEX "workflow_list" ON "workflow" USING btree ("project_id","updated_at") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "workflow_trigger" ON "workflow" USING btree ("project_id","trigger_type","trigger_key") WHERE is_enabled and deleted_at is null;--> statement-breakpoint
CREATE INDEX "workflow_next_run" ON "workflow" USING btree ("next_run_at") WHERE next_run_at is not null and is_enabled and deleted_at is null;--> statement-breakpoint
CREATE INDEX "workflow_enablement_user" ON "workflow_enablement" USING btree ("project_id","user_id");--> statement-breakpoint
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
  FOR plan IN SELECT * FROM (VALUES ('activity', 'day', 7), ('audit', 'month', 2), ('credential_event', 'month', 2),
    ('run', 'month', 2), ('step_run', 'month', 2)) AS t(parent, unit, ahead) LOOP
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
-- Drops the partitions whose last row is older than its kind is kept: activity and deliveries by day; audit, credential timelines and
-- runs by month.
DROP FUNCTION "drop_old_partitions"(integer, integer);--> statement-breakpoint
CREATE FUNCTION "drop_old_partitions"(activity_days integer, history_days integer, delivery_days integer, run_days integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  part record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('patchbay.ensure_partitions'));
  FOR part IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
    JOIN (VALUES ('activity', interval '1 day', activity_days), ('audit', interval '1 month', history_days),
      ('credential_event', interval '1 month', history_days), ('delivery', interval '1 day', delivery_days),
      ('run', interval '1 month', run_days), ('step_run', interval '1 month', run_days)) AS t(parent, step, keep_days) ON t.parent = p.relname
    WHERE c.relname ~ '_[0-9]{8}$'
      AND to_date(right(c.relname, 8), 'YYYYMMDD') + t.step < (now() AT TIME ZONE 'UTC') - make_interval(days => t.keep_days)
    ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I', part.relname);
    RETURN NEXT part.relname;
  END LOOP;
END $$;
--> statement-breakpoint
SELECT "ensure_partitions"();
