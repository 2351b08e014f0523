import { ButtonLink } from "#components/ui/button.tsx";
import { Note } from "#components/ui/note.tsx";

/** In place of code examples: `app` has one credential for all, `unknown` hasn't chosen a level or type. */
export function NothingToConnect({ reason, setupHref }: { reason: "app" | "unknown"; setupHref: string | null }) {
  if (reason === "app") {
    return (
      <Note title="There is nothing to connect.">
        An app-level resource has one credential for all users. It is entered in Request Details, and every call uses it.
      </Note>
    );
  }
  return (
    <Note
      title="The code depends on level and authentication type."
      action={
        setupHref && (
          <ButtonLink size="small" className="no-underline!" href={setupHref}>
            Continue setup
          </ButtonLink>
        )
      }
    >
      Choose both in API Info, and the examples stand here with the keys that users have to supply.
    </Note>
  );
}
