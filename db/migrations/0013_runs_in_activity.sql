CREATE TABLE "run_rollup" (
	"project_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"bucket" timestamp with time zone NOT NULL,
	"status" text NOT NULL,
	"n" integer NOT NULL,
	CONSTRAINT "run_rollup_project_id_workflow_id_bucket_status_pk" PRIMARY KEY("project_id","workflow_id","bucket","status")
);
--> statement-breakpoint
ALTER TABLE "activity" ADD COLUMN "run_id" uuid;--> statement-breakpoint
ALTER TABLE "activity" ADD COLUMN "step" text;--> statement-breakpoint
CREATE INDEX "activity_run" ON "activity" USING btree ("project_id","credential_id","at") WHERE run_id is not null;--> statement-breakpoint
-- What has ended so far, for the charts.
INSERT INTO "run_rollup" ("project_id", "workflow_id", "bucket", "status", "n")
SELECT "project_id", "workflow_id", date_trunc('hour', "finished_at", 'UTC'), "status", count(*)
FROM "run" WHERE "finished_at" IS NOT NULL AND "status" IN ('succeeded', 'failed', 'cancelled') GROUP BY 1, 2, 3, 4;
