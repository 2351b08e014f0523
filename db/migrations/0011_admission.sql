CREATE TABLE "run_key" (
	"project_id" uuid NOT NULL,
	"workflow_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"key" text NOT NULL,
	"run_id" uuid NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "run_key_project_id_workflow_id_user_id_key_pk" PRIMARY KEY("project_id","workflow_id","user_id","key")
);
--> statement-breakpoint
ALTER TABLE "run_key" ADD CONSTRAINT "run_key_project_id_workflow_id_workflow_project_id_id_fk" FOREIGN KEY ("project_id","workflow_id") REFERENCES "public"."workflow"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "run_key_at" ON "run_key" USING btree ("at");--> statement-breakpoint
CREATE INDEX "run_admitted" ON "run" USING btree ("project_id","workflow_id","user_id") WHERE admitted_at is not null and status in ('queued', 'running');