DROP INDEX "connected_user_id_prefix";--> statement-breakpoint
DROP INDEX "connected_user_name_prefix";--> statement-breakpoint
DROP INDEX "connected_user_email_prefix";--> statement-breakpoint
CREATE INDEX "connected_user_id_prefix" ON "connected_user" USING btree ("project_id",lower(external_id) text_pattern_ops,"id","external_id") WHERE kind = 'user';--> statement-breakpoint
CREATE INDEX "connected_user_name_prefix" ON "connected_user" USING btree ("project_id",lower(name) text_pattern_ops,"id","name") WHERE kind = 'user';--> statement-breakpoint
CREATE INDEX "connected_user_email_prefix" ON "connected_user" USING btree ("project_id",lower(email) text_pattern_ops,"id","email") WHERE kind = 'user';