"use client";

import { Copy, KeyRound, RefreshCw, Server, UserRoundKey, Users } from "lucide-react";
import { useState } from "react";
import { WizardHead } from "#components/shell/wizard-shell.tsx";
import { Button } from "#components/ui/button.tsx";
import { type Choice, ChoiceCards } from "#components/ui/choice-card.tsx";
import { useNavigation } from "#components/ui/navigation.tsx";
import { Note } from "#components/ui/note.tsx";
import { toast } from "#components/ui/toast.tsx";
import { setupStepPath } from "#lib/paths.ts";
import { AUTH_TYPE_LABELS, type AuthType, LEVEL_LABELS, type ResourceLevel } from "#lib/resources/words.ts";
import { DeleteDraft } from "./delete-draft.tsx";
import { useDraftField } from "./draft-field.ts";
import { fieldId, useSetup } from "./setup-context.ts";
import { count } from "./step-states.ts";

const LEVELS: readonly (Choice & { value: ResourceLevel })[] = [
  {
    value: "user",
    title: LEVEL_LABELS.user,
    text: "Each Connected User brings their own tokens or keys.",
    needs: (
      <>
        For APIs where people sign in as themselves. Your app calls <code>connectAction</code> once per user.
      </>
    ),
    icon: <Users aria-hidden />,
  },
  {
    value: "app",
    title: LEVEL_LABELS.app,
    text: "One set of credentials serves all Connected Users.",
    needs: "For a service account or your own internal API. There is nothing for users to connect.",
    icon: <Server aria-hidden />,
  },
];

const AUTH_TYPES: readonly (Choice & { value: AuthType })[] = [
  {
    value: "oauth2_refresh_token",
    title: AUTH_TYPE_LABELS.oauth2_refresh_token,
    text: "Users arrive with an access token and a refresh token. Patchbay renews the access token before it expires.",
    needs: "Needs: Access Token URL, Client ID, Client Secret",
    icon: <RefreshCw aria-hidden />,
  },
  {
    value: "oauth2_client_credentials",
    title: AUTH_TYPE_LABELS.oauth2_client_credentials,
    text: "Patchbay asks for a token with your Client ID and Secret. No refresh token is involved.",
    needs: "Needs: Access Token URL, Client ID, Client Secret",
    icon: <UserRoundKey aria-hidden />,
  },
  {
    value: "api_key",
    title: AUTH_TYPE_LABELS.api_key,
    text: (
      <>
        Each user supplies one or more named values, such as <code>api_key</code>, or <code>username</code> and <code>password</code>.
      </>
    ),
    needs: "Needs: the names of the keys",
    icon: <KeyRound aria-hidden />,
  },
];

export function ApiInfoStep() {
  const { live } = useSetup();
  const level = useDraftField<ResourceLevel | undefined>("level");
  const authType = useDraftField<AuthType | undefined>("authType");
  const levels = live ? LEVELS.map((choice) => ({ ...choice, disabled: choice.value !== live.body.level })) : LEVELS;
  const reconnects = live && authType.value !== live.body.authType && live.users > 0;

  return (
    <>
      <WizardHead title="API Info">Who holds the credentials, and how the API checks them.</WizardHead>
      <section aria-labelledby="level-title" id={fieldId("level")}>
        <h2 id="level-title" className="mb-3">
          Level
        </h2>
        <ChoiceCards
          legend="Level"
          name="level"
          choices={levels}
          value={level.value ?? ""}
          onChange={(event) => level.set(event.target.value as ResourceLevel)}
          aria-invalid={Boolean(level.error) || undefined}
        />
        {level.error && (
          <p className="ui-hint mt-2" data-error="">
            {level.error}
          </p>
        )}
        {live && <LevelIsFixed />}
      </section>
      <section className="section-rule" aria-labelledby="auth-title" id={fieldId("authType")}>
        <div className="mb-3">
          <h2 id="auth-title">Authentication type</h2>
          <p className="mt-px text-2">Pick what the API’s own documentation describes.</p>
        </div>
        <ChoiceCards
          legend="Authentication type"
          name="authType"
          choices={AUTH_TYPES}
          value={authType.value ?? ""}
          onChange={(event) => authType.set(event.target.value as AuthType)}
          aria-invalid={Boolean(authType.error) || undefined}
        />
        {authType.error && (
          <p className="ui-hint mt-2" data-error="">
            {authType.error}
          </p>
        )}
        {reconnects && (
          <Note tone="warning" role="status" className="mt-3" title={`${count(live.users, "user")} must reconnect after Finish.`}>
            Their {AUTH_TYPE_LABELS[live.body.authType]} credentials don’t fit {authType.value && AUTH_TYPE_LABELS[authType.value]}.
          </Note>
        )}
      </section>
      <DeleteDraft />
    </>
  );
}

function LevelIsFixed() {
  const { projectId, resourceId, actions } = useSetup();
  const { navigate } = useNavigation();
  const [busy, setBusy] = useState(false);
  const duplicate = async () => {
    setBusy(true);
    const answer = await actions.duplicate({ projectId, resourceId });
    setBusy(false);
    if (answer.ok) navigate(setupStepPath(projectId, answer.data.id, "api-info"));
    else toast.error({ title: "Not duplicated", text: answer.error.message });
  };
  return (
    <Note
      className="mt-3"
      title="The level is fixed since the first publish."
      action={
        <Button size="small" busy={busy} busyLabel="Duplicating…" onClick={() => void duplicate()}>
          <Copy aria-hidden />
          Duplicate
        </Button>
      }
    >
      Connected users rely on it. To change it, duplicate the resource: the copy has everything but the secrets.
    </Note>
  );
}
