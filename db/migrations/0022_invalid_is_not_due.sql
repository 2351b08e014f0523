DROP INDEX "credential_refresh";--> statement-breakpoint
CREATE INDEX "credential_refresh" ON "credential" USING btree ("refresh_at") WHERE refresh_at is not null and shown_status = 'VALID';