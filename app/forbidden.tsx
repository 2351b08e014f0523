import type { Metadata } from "next";
import { ButtonLink } from "#components/ui/button.tsx";
import { NotFoundState } from "#components/ui/error-state.tsx";

export const metadata: Metadata = { title: "Not for your role" };

/** A member, but not with the role that this page takes. */
export default function Forbidden() {
  return (
    <main id="main" className="mx-auto max-w-[560px] px-4 py-16" tabIndex={-1}>
      <h1 className="sr-only">Not for your role</h1>
      <NotFoundState
        title="Your role doesn’t reach this page"
        actions={
          <ButtonLink href="/" size="small">
            Resources
          </ButtonLink>
        }
      >
        Ask an admin of the project for another role; Settings, Members shows who that is.
      </NotFoundState>
    </main>
  );
}
