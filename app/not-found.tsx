import type { Metadata } from "next";
import { ButtonLink } from "#components/ui/button.tsx";
import { NotFoundState } from "#components/ui/error-state.tsx";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main id="main" className="mx-auto max-w-[560px] px-4 py-16" tabIndex={-1}>
      <h1 className="sr-only">Not found</h1>
      <NotFoundState
        title="Nothing is at this address"
        actions={
          <ButtonLink href="/projects" size="small">
            All projects
          </ButtonLink>
        }
      >
        It was deleted, or it belongs to a project you aren’t a member of. Check the address, or start from your projects.
      </NotFoundState>
    </main>
  );
}
