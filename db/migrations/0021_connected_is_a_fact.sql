ALTER TABLE "credential" ADD COLUMN "has_connected" boolean DEFAULT true NOT NULL;--> statement-breakpoint
-- What a failed first connect left, as its timeline tells.
UPDATE "credential" c SET "has_connected" = false
WHERE c."owner" = 'user' AND c."status" = 'INVALID' AND c."reason" IN ('profile_failed', 'verify_failed')
  AND NOT EXISTS (SELECT FROM "credential_event" e WHERE e."project_id" = c."project_id" AND e."credential_id" = c."id"
    AND e."kind" IN ('connected', 'reconnected'));
