ALTER TABLE "resource" ADD COLUMN "deleted_name" text;--> statement-breakpoint
ALTER TABLE "sealed_value" ADD COLUMN "bound_host" text DEFAULT '' NOT NULL;