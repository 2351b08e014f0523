CREATE TABLE "dedupe_key" (
	"project_id" uuid NOT NULL,
	"trigger_id" uuid NOT NULL,
	"key" text NOT NULL,
	"delivery_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "dedupe_key_project_id_trigger_id_key_pk" PRIMARY KEY("project_id","trigger_id","key")
);
--> statement-breakpoint
CREATE TABLE "delivery" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"trigger_id" uuid NOT NULL,
	"resource_id" uuid NOT NULL,
	"user_id" uuid,
	"subscription_id" uuid,
	"status" text NOT NULL,
	"reason" text,
	"message" text,
	"method" text NOT NULL,
	"address" text,
	"headers" jsonb NOT NULL,
	"query" jsonb NOT NULL,
	"body" "bytea" NOT NULL,
	"size" integer NOT NULL,
	"ciphertext" "bytea",
	"key_id" text,
	"quarantined_until" timestamp with time zone,
	"dedupe_key" text,
	"run_ids" uuid[] DEFAULT '{}' NOT NULL,
	"replay_of" uuid,
	"released_at" timestamp with time zone,
	"response_status" integer NOT NULL,
	"duration_ms" integer DEFAULT 0 NOT NULL,
	"request_id" uuid,
	CONSTRAINT "delivery_project_id_at_id_pk" PRIMARY KEY("project_id","at","id")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "trigger" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"resource_id" uuid NOT NULL,
	"name" text NOT NULL,
	"name_key" text NOT NULL,
	"schema_version" integer NOT NULL,
	"body" jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"ready" boolean DEFAULT false NOT NULL,
	"token_digest" "bytea" NOT NULL,
	"ciphertext" "bytea" NOT NULL,
	"key_id" text NOT NULL,
	"sample" jsonb,
	"sample_at" timestamp with time zone,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp with time zone,
	CONSTRAINT "trigger_project_id_id_pk" PRIMARY KEY("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "trigger_secret" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"trigger_id" uuid NOT NULL,
	"ciphertext" "bytea" NOT NULL,
	"key_id" text NOT NULL,
	"hint" text DEFAULT '' NOT NULL,
	"set_by" uuid,
	"set_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone,
	CONSTRAINT "trigger_secret_project_id_trigger_id_id_pk" PRIMARY KEY("project_id","trigger_id","id")
);
--> statement-breakpoint
CREATE TABLE "trigger_subscription" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"trigger_id" uuid NOT NULL,
	"user_id" uuid,
	"token_digest" "bytea" NOT NULL,
	"ciphertext" "bytea" NOT NULL,
	"key_id" text NOT NULL,
	"wanted" boolean DEFAULT false NOT NULL,
	"state" text DEFAULT 'idle' NOT NULL,
	"answer_ciphertext" "bytea",
	"answer_key_id" text,
	"farewell_credential_id" uuid,
	"farewell_ciphertext" "bytea",
	"farewell_key_id" text,
	"farewell_at" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"last_try_at" timestamp with time zone,
	"active_since" timestamp with time zone,
	"next_try_at" timestamp with time zone,
	"claimed_until" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "trigger_subscription_project_id_id_pk" PRIMARY KEY("project_id","id")
);
--> statement-breakpoint
ALTER TABLE "trigger" ADD CONSTRAINT "trigger_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trigger" ADD CONSTRAINT "trigger_created_by_member_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."member"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trigger" ADD CONSTRAINT "trigger_project_id_resource_id_resource_project_id_id_fk" FOREIGN KEY ("project_id","resource_id") REFERENCES "public"."resource"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trigger_secret" ADD CONSTRAINT "trigger_secret_set_by_member_id_fk" FOREIGN KEY ("set_by") REFERENCES "public"."member"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trigger_secret" ADD CONSTRAINT "trigger_secret_project_id_trigger_id_trigger_project_id_id_fk" FOREIGN KEY ("project_id","trigger_id") REFERENCES "public"."trigger"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trigger_subscription" ADD CONSTRAINT "trigger_subscription_project_id_trigger_id_trigger_project_id_id_fk" FOREIGN KEY ("project_id","trigger_id") REFERENCES "public"."trigger"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dedupe_key_expiry" ON "dedupe_key" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "delivery_trigger" ON "delivery" USING btree ("project_id","trigger_id","at");--> statement-breakpoint
CREATE INDEX "delivery_resource" ON "delivery" USING btree ("project_id","resource_id","at");--> statement-breakpoint
CREATE INDEX "delivery_odd" ON "delivery" USING btree ("project_id","trigger_id","status","at") WHERE status <> 'accepted';--> statement-breakpoint
CREATE INDEX "delivery_quarantine" ON "delivery" USING btree ("quarantined_until") WHERE quarantined_until is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "trigger_token" ON "trigger" USING btree ("token_digest");--> statement-breakpoint
CREATE UNIQUE INDEX "trigger_name" ON "trigger" USING btree ("project_id","resource_id","name_key") WHERE deleted_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "trigger_subscription_token" ON "trigger_subscription" USING btree ("token_digest");--> statement-breakpoint
CREATE INDEX "trigger_subscription_due" ON "trigger_subscription" USING btree ("next_try_at") WHERE next_try_at is not null;--> statement-breakpoint
CREATE INDEX "trigger_subscription_user" ON "trigger_subscription" USING btree ("project_id","user_id");--> statement-breakpoint
CREATE INDEX "credential_profile" ON "credential" USING btree ("project_id","resource_id","profile_id") WHERE owner = 'user' and profile_id is not null;
--> statement-breakpoint
-- One subscription a trigger and user; without a user: the app's own.
CREATE UNIQUE INDEX "trigger_subscription_owner" ON "trigger_subscription" ("project_id", "trigger_id", "user_id") NULLS NOT DISTINCT;
--> statement-breakpoint
-- Whoever drops a credential (a member, the user's app, a bulk action, the user's deletion): the APIs that were told of a webhook by it
-- are to be told that it ends, and that takes this credential. So it stays with the subscription, sealed as it was, until then.
CREATE FUNCTION "keep_credential_for_farewell"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE trigger_subscription s SET wanted = false, next_try_at = now(), attempts = 0, farewell_credential_id = OLD.id,
    farewell_ciphertext = OLD.ciphertext, farewell_key_id = OLD.key_id, farewell_at = now()
  FROM trigger t
  WHERE t.project_id = OLD.project_id AND t.resource_id = OLD.resource_id AND s.project_id = t.project_id AND s.trigger_id = t.id
    AND s.user_id IS NOT DISTINCT FROM OLD.user_id AND s.state <> 'idle';
  RETURN OLD;
END $$;
--> statement-breakpoint
CREATE TRIGGER "credential_farewell" BEFORE DELETE ON "credential" FOR EACH ROW
  WHEN (OLD.owner IN ('user', 'app')) EXECUTE FUNCTION "keep_credential_for_farewell"();
--> statement-breakpoint
-- As before, with deliveries: a day each. They expire by drop_old_partitions.
CREATE OR REPLACE FUNCTION "ensure_partitions"() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  plan record;
  first_day date;
  slot date;
  step interval;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('patchbay.ensure_partitions'));
  FOR plan IN SELECT * FROM (VALUES ('activity', 'day', 7), ('audit', 'month', 2), ('credential_event', 'month', 2),
    ('run', 'month', 2), ('step_run', 'month', 2), ('delivery', 'day', 7)) AS t(parent, unit, ahead) LOOP
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
SELECT "ensure_partitions"();
