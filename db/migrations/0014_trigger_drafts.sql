ALTER TABLE "trigger" ADD COLUMN "draft" jsonb;--> statement-breakpoint
ALTER TABLE "trigger" ADD COLUMN "finished_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "trigger" ADD COLUMN "updated_by" uuid;--> statement-breakpoint
ALTER TABLE "trigger" ADD CONSTRAINT "trigger_updated_by_member_id_fk" FOREIGN KEY ("updated_by") REFERENCES "public"."member"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "trigger_subscription_list" ON "trigger_subscription" USING btree ("project_id","trigger_id","created_at","id");--> statement-breakpoint
UPDATE "trigger" SET "finished_at" = "updated_at" WHERE "ready";
