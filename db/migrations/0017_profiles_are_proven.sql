-- A profile's id decides whose events a user gets, and is kept only where the API stands behind it. Of ids that are here already and may have
-- been read from the claims of an access token, nothing tells which the user wrote: the next refresh or check marked forged ones as well. They
-- are forgotten, and so is what was last supplied: connecting again with the same values isn't passed by, but reads the profile anew.
-- 'unknown' is no key's digest.
UPDATE "credential" c SET "profile_id" = NULL, "supplied_digest" = convert_to('unknown', 'UTF8')
WHERE c."owner" = 'user' AND c."profile_id" IS NOT NULL AND c."auth_type" = 'oauth2_refresh_token'
  AND EXISTS (SELECT FROM "resource_revision" v WHERE v."project_id" = c."project_id" AND v."resource_id" = c."resource_id"
    AND v."body" @> '{"profile": {"enabled": true, "source": "jwt"}}');
