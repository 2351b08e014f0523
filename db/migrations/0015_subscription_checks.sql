CREATE TABLE "subscription_check" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "subscription_check_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"project_id" uuid NOT NULL,
	"trigger_id" uuid NOT NULL,
	"user_id" uuid,
	"is_whole" boolean NOT NULL,
	"after" uuid
);
--> statement-breakpoint
CREATE INDEX "subscription_check_whole" ON "subscription_check" USING btree ("trigger_id") WHERE is_whole;--> statement-breakpoint
-- Whether an API is to be told of a webhook is decided by rows that many verbs write. These triggers note, in the writer's own transaction,
-- what is to be compared again: one user's part in a trigger, or all users of one. The worker goes through the notes (settle-subscriptions).
CREATE FUNCTION "check_trigger_subscriptions"(project uuid, only_trigger uuid, only_resource uuid) RETURNS void LANGUAGE sql AS $$
  INSERT INTO subscription_check (project_id, trigger_id, is_whole)
  SELECT t.project_id, t.id, true FROM trigger t
  WHERE t.project_id = project AND (only_trigger IS NULL OR t.id = only_trigger) AND (only_resource IS NULL OR t.resource_id = only_resource)
    AND t.body->>'creation' = 'request'
    -- A note that waits is enough, if it waits until this change is there: so it is held. One that a worker is at isn't.
    AND NOT EXISTS (SELECT FROM subscription_check c WHERE c.trigger_id = t.id AND c.is_whole AND c.after IS NULL FOR KEY SHARE SKIP LOCKED);
$$;
--> statement-breakpoint
CREATE FUNCTION "note_credential"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  c credential := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  INSERT INTO subscription_check (project_id, trigger_id, user_id, is_whole)
  SELECT t.project_id, t.id, c.user_id, false FROM trigger t
  WHERE t.project_id = c.project_id AND t.resource_id = c.resource_id AND t.deleted_at IS NULL AND t.body->>'creation' = 'request';
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "credential_made" AFTER INSERT ON "credential" FOR EACH ROW
  WHEN (NEW.owner IN ('user', 'app')) EXECUTE FUNCTION "note_credential"();
--> statement-breakpoint
CREATE TRIGGER "credential_changed" AFTER UPDATE ON "credential" FOR EACH ROW
  WHEN (NEW.owner IN ('user', 'app') AND (OLD.status, OLD.owner) IS DISTINCT FROM (NEW.status, NEW.owner)) EXECUTE FUNCTION "note_credential"();
--> statement-breakpoint
CREATE TRIGGER "credential_dropped" AFTER DELETE ON "credential" FOR EACH ROW
  WHEN (OLD.owner IN ('user', 'app')) EXECUTE FUNCTION "note_credential"();
--> statement-breakpoint
-- The id of a workflow's trigger; null where another thing starts it.
CREATE FUNCTION "trigger_of"(w workflow) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN w.trigger_type = 'resource' AND w.trigger_key ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN w.trigger_key::uuid END;
$$;
--> statement-breakpoint
CREATE FUNCTION "note_workflow"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before uuid := CASE WHEN TG_OP = 'UPDATE' THEN trigger_of(OLD) END;
  after uuid := trigger_of(NEW);
BEGIN
  IF after IS NOT NULL THEN PERFORM check_trigger_subscriptions(NEW.project_id, after, NULL); END IF;
  IF before IS NOT NULL AND before IS DISTINCT FROM after THEN PERFORM check_trigger_subscriptions(NEW.project_id, before, NULL); END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "workflow_made" AFTER INSERT ON "workflow" FOR EACH ROW EXECUTE FUNCTION "note_workflow"();
--> statement-breakpoint
CREATE TRIGGER "workflow_changed" AFTER UPDATE ON "workflow" FOR EACH ROW
  WHEN ((OLD.is_enabled, OLD.is_on_by_default, OLD.deleted_at, OLD.paused_reason, OLD.live_version IS NULL, OLD.trigger_type, OLD.trigger_key)
    IS DISTINCT FROM (NEW.is_enabled, NEW.is_on_by_default, NEW.deleted_at, NEW.paused_reason, NEW.live_version IS NULL, NEW.trigger_type, NEW.trigger_key))
  EXECUTE FUNCTION "note_workflow"();
--> statement-breakpoint
CREATE FUNCTION "note_enablement"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  e workflow_enablement := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  INSERT INTO subscription_check (project_id, trigger_id, user_id, is_whole)
  SELECT t.project_id, t.id, e.user_id, false FROM workflow w JOIN trigger t ON t.project_id = w.project_id AND t.id = trigger_of(w)
  WHERE w.project_id = e.project_id AND w.id = e.workflow_id AND t.body->>'creation' = 'request';
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "workflow_enablement_changed" AFTER INSERT OR UPDATE OR DELETE ON "workflow_enablement" FOR EACH ROW
  EXECUTE FUNCTION "note_enablement"();
--> statement-breakpoint
CREATE FUNCTION "note_trigger"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.body->>'creation' = 'request' AND NEW.body->>'creation' <> 'request' THEN
    INSERT INTO subscription_check (project_id, trigger_id, is_whole) VALUES (NEW.project_id, NEW.id, true);
  ELSE
    PERFORM check_trigger_subscriptions(NEW.project_id, NEW.id, NULL);
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- One that is new has no workflow yet.
CREATE TRIGGER "trigger_changed" AFTER UPDATE ON "trigger" FOR EACH ROW
  WHEN ((OLD.ready, OLD.deleted_at, OLD.body->>'creation') IS DISTINCT FROM (NEW.ready, NEW.deleted_at, NEW.body->>'creation'))
  EXECUTE FUNCTION "note_trigger"();
--> statement-breakpoint
CREATE FUNCTION "note_resource"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM check_trigger_subscriptions(NEW.project_id, NULL, NEW.id);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "resource_changed" AFTER UPDATE ON "resource" FOR EACH ROW
  WHEN ((OLD.deleted_at, OLD.live_revision IS NULL) IS DISTINCT FROM (NEW.deleted_at, NEW.live_revision IS NULL))
  EXECUTE FUNCTION "note_resource"();
--> statement-breakpoint
CREATE FUNCTION "note_project"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM check_trigger_subscriptions(NEW.id, NULL, NULL);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "project_changed" AFTER UPDATE ON "project" FOR EACH ROW
  WHEN (OLD.deleted_at IS DISTINCT FROM NEW.deleted_at) EXECUTE FUNCTION "note_project"();
