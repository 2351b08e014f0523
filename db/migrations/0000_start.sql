CREATE TABLE "activity" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"resource_id" uuid,
	"user_id" uuid,
	"credential_id" uuid,
	"kind" text NOT NULL,
	"source" text NOT NULL,
	"method" text,
	"path" text,
	"host" text,
	"status" integer,
	"failure" text,
	"duration_ms" integer DEFAULT 0 NOT NULL,
	"request_id" uuid,
	"detail" jsonb,
	CONSTRAINT "activity_project_id_at_id_pk" PRIMARY KEY("project_id","at","id")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "activity_rollup" (
	"project_id" uuid NOT NULL,
	"resource_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"bucket" timestamp with time zone NOT NULL,
	"class" text NOT NULL,
	"n" bigint NOT NULL,
	"latency" bigint[] NOT NULL,
	CONSTRAINT "activity_rollup_project_id_resource_id_kind_bucket_class_pk" PRIMARY KEY("project_id","resource_id","kind","bucket","class")
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"project_id" uuid,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid,
	"action" text NOT NULL,
	"subject" text DEFAULT '' NOT NULL,
	"address" text,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "audit_at_id_pk" PRIMARY KEY("at","id")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "credential" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"resource_id" uuid NOT NULL,
	"owner" text NOT NULL,
	"user_id" uuid,
	"generation" integer DEFAULT 1 NOT NULL,
	"ciphertext" "bytea" NOT NULL,
	"key_id" text NOT NULL,
	"supplied_digest" "bytea" NOT NULL,
	"hints" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"status" text NOT NULL,
	"reason" text,
	"auth_type" text NOT NULL,
	"profile" jsonb,
	"profile_id" text,
	"expires_at" timestamp with time zone,
	"refresh_at" timestamp with time zone,
	"refreshed_at" timestamp with time zone,
	"refresh_failures" integer DEFAULT 0 NOT NULL,
	"verified_at" timestamp with time zone,
	"verify_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credential_project_id_id_pk" PRIMARY KEY("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "credential_event" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"credential_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"cause" text DEFAULT '' NOT NULL,
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "credential_event_project_id_credential_id_at_id_pk" PRIMARY KEY("project_id","credential_id","at","id")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "refresh_lease" (
	"project_id" uuid NOT NULL,
	"credential_id" uuid NOT NULL,
	"owner" uuid NOT NULL,
	"fence" bigint NOT NULL,
	"until" timestamp with time zone NOT NULL,
	CONSTRAINT "refresh_lease_project_id_credential_id_pk" PRIMARY KEY("project_id","credential_id")
);
--> statement-breakpoint
CREATE TABLE "instance" (
	"name" text PRIMARY KEY NOT NULL,
	"value" "bytea" NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "invitation" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"role" text NOT NULL,
	"email" text,
	"invited_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"accepted_at" timestamp with time zone,
	CONSTRAINT "invitation_project_id_id_pk" PRIMARY KEY("project_id","id"),
	CONSTRAINT "invitation_tokenHash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "login_limit" (
	"key" text PRIMARY KEY NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"window_ends_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "member" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"email_key" text NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "member_emailKey_unique" UNIQUE("email_key")
);
--> statement-breakpoint
CREATE TABLE "project" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"require_audience" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "project_member" (
	"project_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"role" text NOT NULL,
	"joined_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "project_member_project_id_member_id_pk" PRIMARY KEY("project_id","member_id")
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"member_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signing_key" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"kid" text NOT NULL,
	"name" text DEFAULT '' NOT NULL,
	"spki" text NOT NULL,
	"bound_sub" text,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone,
	CONSTRAINT "signing_key_project_id_id_pk" PRIMARY KEY("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "resource" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"level" text,
	"auth_type" text,
	"live_revision" integer,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp with time zone,
	CONSTRAINT "resource_project_id_id_pk" PRIMARY KEY("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "resource_draft" (
	"project_id" uuid NOT NULL,
	"resource_id" uuid NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"base_revision" integer,
	"schema_version" integer NOT NULL,
	"body" jsonb NOT NULL,
	"updated_by" uuid,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "resource_draft_project_id_resource_id_pk" PRIMARY KEY("project_id","resource_id")
);
--> statement-breakpoint
CREATE TABLE "resource_name" (
	"project_id" uuid NOT NULL,
	"name_key" text NOT NULL,
	"name" text NOT NULL,
	"resource_id" uuid NOT NULL,
	"is_current" boolean NOT NULL,
	"last_used_at" timestamp with time zone,
	CONSTRAINT "resource_name_project_id_name_key_pk" PRIMARY KEY("project_id","name_key")
);
--> statement-breakpoint
CREATE TABLE "resource_revision" (
	"project_id" uuid NOT NULL,
	"resource_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"schema_version" integer NOT NULL,
	"body" jsonb NOT NULL,
	"published_by" uuid,
	"published_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "resource_revision_project_id_resource_id_number_pk" PRIMARY KEY("project_id","resource_id","number")
);
--> statement-breakpoint
CREATE TABLE "connected_user" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"external_id" text NOT NULL,
	"kind" text DEFAULT 'user' NOT NULL,
	"name" text,
	"email" text,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone,
	CONSTRAINT "connected_user_project_id_id_pk" PRIMARY KEY("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "sealed_value" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"owner" text NOT NULL,
	"field" text NOT NULL,
	"ciphertext" "bytea" NOT NULL,
	"key_id" text NOT NULL,
	"hint" text DEFAULT '' NOT NULL,
	"set_by" uuid,
	"set_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sealed_value_project_id_id_pk" PRIMARY KEY("project_id","id")
);
--> statement-breakpoint
ALTER TABLE "credential" ADD CONSTRAINT "credential_project_id_resource_id_resource_project_id_id_fk" FOREIGN KEY ("project_id","resource_id") REFERENCES "public"."resource"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credential" ADD CONSTRAINT "credential_project_id_user_id_connected_user_project_id_id_fk" FOREIGN KEY ("project_id","user_id") REFERENCES "public"."connected_user"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_invited_by_member_id_fk" FOREIGN KEY ("invited_by") REFERENCES "public"."member"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "project_member" ADD CONSTRAINT "project_member_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "project_member" ADD CONSTRAINT "project_member_member_id_member_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."member"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_member_id_member_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."member"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_key" ADD CONSTRAINT "signing_key_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signing_key" ADD CONSTRAINT "signing_key_created_by_member_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."member"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resource" ADD CONSTRAINT "resource_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resource" ADD CONSTRAINT "resource_created_by_member_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."member"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resource_draft" ADD CONSTRAINT "resource_draft_updated_by_member_id_fk" FOREIGN KEY ("updated_by") REFERENCES "public"."member"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resource_draft" ADD CONSTRAINT "resource_draft_project_id_resource_id_resource_project_id_id_fk" FOREIGN KEY ("project_id","resource_id") REFERENCES "public"."resource"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resource_name" ADD CONSTRAINT "resource_name_project_id_resource_id_resource_project_id_id_fk" FOREIGN KEY ("project_id","resource_id") REFERENCES "public"."resource"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resource_revision" ADD CONSTRAINT "resource_revision_published_by_member_id_fk" FOREIGN KEY ("published_by") REFERENCES "public"."member"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resource_revision" ADD CONSTRAINT "resource_revision_project_id_resource_id_resource_project_id_id_fk" FOREIGN KEY ("project_id","resource_id") REFERENCES "public"."resource"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connected_user" ADD CONSTRAINT "connected_user_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sealed_value" ADD CONSTRAINT "sealed_value_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sealed_value" ADD CONSTRAINT "sealed_value_set_by_member_id_fk" FOREIGN KEY ("set_by") REFERENCES "public"."member"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "activity_resource" ON "activity" USING btree ("project_id","resource_id","at");--> statement-breakpoint
CREATE INDEX "audit_project" ON "audit" USING btree ("project_id","at");--> statement-breakpoint
CREATE INDEX "credential_user" ON "credential" USING btree ("project_id","user_id");--> statement-breakpoint
CREATE INDEX "credential_refresh" ON "credential" USING btree ("refresh_at") WHERE refresh_at is not null;--> statement-breakpoint
CREATE INDEX "credential_verify" ON "credential" USING btree ("verify_at") WHERE verify_at is not null;--> statement-breakpoint
CREATE INDEX "project_member_member_id_index" ON "project_member" USING btree ("member_id");--> statement-breakpoint
CREATE INDEX "session_member_id_index" ON "session" USING btree ("member_id");--> statement-breakpoint
CREATE INDEX "session_expires_at_index" ON "session" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "resource_project_id_updated_at_index" ON "resource" USING btree ("project_id","updated_at");--> statement-breakpoint
CREATE UNIQUE INDEX "resource_name_current" ON "resource_name" USING btree ("project_id","resource_id") WHERE is_current;--> statement-breakpoint
CREATE UNIQUE INDEX "connected_user_external" ON "connected_user" USING btree ("project_id","external_id") WHERE kind = 'user';--> statement-breakpoint
CREATE UNIQUE INDEX "connected_user_test" ON "connected_user" USING btree ("project_id") WHERE kind = 'test';