ALTER TABLE "credential" ADD COLUMN "profile_tried_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "credential" ADD COLUMN "profile_failing_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "credential" ADD COLUMN "profile_failure" text;