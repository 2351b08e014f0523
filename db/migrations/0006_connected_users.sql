CREATE TABLE "bulk_task" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"filter" jsonb NOT NULL,
	"state" text DEFAULT 'running' NOT NULL,
	"cursor" uuid,
	"total" integer DEFAULT 0 NOT NULL,
	"done" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"failures" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"claimed_until" timestamp with time zone,
	CONSTRAINT "bulk_task_project_id_id_pk" PRIMARY KEY("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "resource_health" (
	"project_id" uuid NOT NULL,
	"resource_id" uuid NOT NULL,
	"window_start" timestamp with time zone DEFAULT now() NOT NULL,
	"refreshed" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"previous_refreshed" integer DEFAULT 0 NOT NULL,
	"previous_failed" integer DEFAULT 0 NOT NULL,
	"outage_since" timestamp with time zone,
	"last_failure" text,
	CONSTRAINT "resource_health_project_id_resource_id_pk" PRIMARY KEY("project_id","resource_id")
);
--> statement-breakpoint
CREATE TABLE "secret" (
	"project_id" uuid NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"sealed_value_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "secret_project_id_name_pk" PRIMARY KEY("project_id","name")
);
--> statement-breakpoint
ALTER TABLE "credential" ADD COLUMN "fit" text DEFAULT 'ok' NOT NULL;--> statement-breakpoint
ALTER TABLE "credential" ADD COLUMN "shown_status" text GENERATED ALWAYS AS (case fit when 'reconnect' then 'INVALID' when 'needs_input' then 'PENDING' else status end) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "credential" ADD COLUMN "failing_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "credential" ADD COLUMN "last_failure" text;--> statement-breakpoint
ALTER TABLE "credential" ADD COLUMN "checked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "resource" ADD COLUMN "settled_revision" integer;--> statement-breakpoint
ALTER TABLE "resource" ADD COLUMN "learned" jsonb;--> statement-breakpoint
ALTER TABLE "bulk_task" ADD CONSTRAINT "bulk_task_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_task" ADD CONSTRAINT "bulk_task_created_by_member_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."member"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resource_health" ADD CONSTRAINT "resource_health_project_id_resource_id_resource_project_id_id_fk" FOREIGN KEY ("project_id","resource_id") REFERENCES "public"."resource"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "secret" ADD CONSTRAINT "secret_project_id_sealed_value_id_sealed_value_project_id_id_fk" FOREIGN KEY ("project_id","sealed_value_id") REFERENCES "public"."sealed_value"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "bulk_task_running" ON "bulk_task" USING btree ("created_at") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "activity_user" ON "activity" USING btree ("project_id","user_id","at") WHERE user_id is not null;--> statement-breakpoint
CREATE INDEX "activity_request" ON "activity" USING btree ("project_id","request_id") WHERE request_id is not null;--> statement-breakpoint
CREATE INDEX "activity_failed" ON "activity" USING btree ("project_id","at") WHERE failure is not null or status >= 400;--> statement-breakpoint
CREATE INDEX "credential_status" ON "credential" USING btree ("project_id","shown_status","user_id") WHERE owner = 'user';--> statement-breakpoint
CREATE INDEX "credential_resource" ON "credential" USING btree ("project_id","resource_id","user_id") WHERE owner = 'user';--> statement-breakpoint
CREATE INDEX "credential_failing" ON "credential" USING btree ("project_id","resource_id") WHERE failing_since is not null;--> statement-breakpoint
CREATE INDEX "connected_user_newest" ON "connected_user" USING btree ("project_id","created_at","id") WHERE kind = 'user';--> statement-breakpoint
CREATE INDEX "connected_user_id_prefix" ON "connected_user" USING btree ("project_id",lower(external_id) text_pattern_ops) WHERE kind = 'user';--> statement-breakpoint
CREATE INDEX "connected_user_name_prefix" ON "connected_user" USING btree ("project_id",lower(name) text_pattern_ops) WHERE kind = 'user';--> statement-breakpoint
CREATE INDEX "connected_user_email_prefix" ON "connected_user" USING btree ("project_id",lower(email) text_pattern_ops) WHERE kind = 'user';