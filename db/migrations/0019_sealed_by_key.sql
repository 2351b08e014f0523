CREATE INDEX "credential_key" ON "credential" USING btree ("key_id");--> statement-breakpoint
CREATE INDEX "delivery_key" ON "delivery" USING btree ("key_id") WHERE key_id is not null;--> statement-breakpoint
CREATE INDEX "trigger_key" ON "trigger" USING btree ("key_id");--> statement-breakpoint
CREATE INDEX "trigger_secret_key" ON "trigger_secret" USING btree ("key_id");--> statement-breakpoint
CREATE INDEX "trigger_subscription_key" ON "trigger_subscription" USING btree ("key_id");--> statement-breakpoint
CREATE INDEX "trigger_subscription_answer_key" ON "trigger_subscription" USING btree ("answer_key_id") WHERE answer_key_id is not null;--> statement-breakpoint
CREATE INDEX "trigger_subscription_farewell_key" ON "trigger_subscription" USING btree ("farewell_key_id") WHERE farewell_key_id is not null;--> statement-breakpoint
CREATE INDEX "sealed_value_key" ON "sealed_value" USING btree ("key_id");