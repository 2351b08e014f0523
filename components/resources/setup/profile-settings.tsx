"use client";

import { Plus, X } from "lucide-react";
import { Fragment, useId } from "react";
import { useFieldArray } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { tabPanelProps } from "#components/ui/tab-list.tsx";
import { profileSourceOf } from "#lib/resources/profile-source.ts";
import { useDraftField } from "./draft-field.ts";
import { DraftText } from "./fields.tsx";
import { RequestEditor } from "./request-editor.tsx";
import { useSetup } from "./setup-context.ts";

const SOURCES = [
  { value: "request", label: "By request" },
  { value: "jwt", label: "From a JWT access token" },
] as const;

/** Where the profile comes from, and what is kept of it. */
export function ProfileSettings() {
  const { draft } = useSetup();
  const id = useId();
  const source = useDraftField<"request" | "jwt">("profile.source");
  const sources = draft.authType === "api_key" ? SOURCES.slice(0, 1) : SOURCES;
  const shown = profileSourceOf(draft) ?? source.value;
  return (
    <>
      {sources.length > 1 && <Segmented id={id} label="Where the profile comes from" items={sources} value={shown} onChange={source.set} />}
      <div {...(sources.length > 1 ? tabPanelProps(id, shown) : {})} className="mt-3">
        {shown === "request" ? (
          <>
            <RequestEditor path="profile.request" place="profile" />
            <div className="setup-grid mt-3">
              <DraftText path="profile.idPath" label="Path of the user id" mono />
            </div>
            <SavedFields path="profile.fields" from="path" />
          </>
        ) : (
          <>
            <div className="setup-grid">
              <DraftText path="profile.idClaim" label="Claim of the user id" hint="Read anew from each renewed token." mono />
            </div>
            <SavedFields path="profile.claims" from="claim" />
          </>
        )}
      </div>
    </>
  );
}

const COMMON = ["email", "name"];

/** Facts to keep beside the id, each usable as `profile.name`. */
function SavedFields({ path, from }: { path: "profile.fields" | "profile.claims"; from: "path" | "claim" }) {
  const { control, draft, reveal, step } = useSetup();
  const list = useFieldArray({ control, name: path });
  const saved = from === "path" ? draft.profile.fields : draft.profile.claims;
  const prefix = draft.profile.idPath.replace(/[^.]+$/, "");
  const add = (name: string) => {
    list.append((from === "path" ? { name, path: `${prefix}${name || "…"}` } : { name, claim: name }) as never, { shouldFocus: false });
    if (!name) reveal(step, `${path}.${list.fields.length}.name`);
  };
  return (
    <section className="mt-4" aria-label="Also save">
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <h3>Also save</h3>
        <span className="ml-auto" />
        {COMMON.filter((name) => !saved.some((field) => field.name === name)).map((name) => (
          <Button key={name} variant="ghost" size="small" onClick={() => add(name)}>
            <Plus aria-hidden />
            {name}
          </Button>
        ))}
        <Button variant="ghost" size="small" onClick={() => add("")}>
          <Plus aria-hidden />
          Add field
        </Button>
      </div>
      {list.fields.length > 0 && (
        <div className="setup-pairs">
          {list.fields.map(({ id }, index) => {
            const name = saved[index]?.name || `field ${index + 1}`;
            return (
              <Fragment key={id}>
                <DraftText path={`${path}.${index}.name`} label="Saved as" hideLabel mono placeholder="Name" />
                <DraftText
                  path={`${path}.${index}.${from}`}
                  label={from === "path" ? `Path of ${name}` : `Claim of ${name}`}
                  hideLabel
                  mono
                />
                <IconButton label={`Remove ${name}`} icon={<X aria-hidden className="icon-s" />} onClick={() => list.remove(index)} />
              </Fragment>
            );
          })}
        </div>
      )}
    </section>
  );
}
