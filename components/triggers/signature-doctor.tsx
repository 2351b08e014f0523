"use client";

import { Check, CircleCheck, Stethoscope } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Note } from "#components/ui/note.tsx";
import { SecretInput } from "#components/ui/secret-field.tsx";
import type { DeliveryKey, Diagnosis, ShownDelivery, VerificationDraft } from "#lib/triggers/schema.ts";
import { VERIFICATION_LABELS } from "#lib/triggers/words.ts";
import type { DeliveryActions, DiagnosedDelivery, Settled } from "./delivery-actions.ts";

export interface SignatureDoctorProps {
  projectId: string;
  delivery: DeliveryKey;
  verification: VerificationDraft;
  held: readonly ShownDelivery[];
  /** What fits holds at once, with the secret where one was typed: an admin's to do. */
  mayApply: boolean;
  actions: DeliveryActions;
  onDone: (settled: readonly Settled[]) => void;
}

/** Finds out how a refused delivery was signed, sets the trigger to it, and releases what then passes. */
export function SignatureDoctor({ projectId, delivery, verification, held, mayApply, actions, onDone }: SignatureDoctorProps) {
  const [secret, setSecret] = useState("");
  const [finding, setFinding] = useState<DiagnosedDelivery | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState<"look" | "use" | null>(null);
  const key = { at: delivery.at, id: delivery.id };
  const typed = secret.trim() ? { secret: secret.trim() } : {};
  const fail = (message?: string) => setError(message ?? "The server can’t be reached. Check the connection and try again.");

  const look = async () => {
    setBusy("look");
    setError(null);
    const result = await actions.diagnose({ projectId, key, ...typed }).catch(() => null);
    setBusy(null);
    if (!result?.ok) return fail(result?.error.message);
    setFinding(result.data);
  };
  const use = async (releases: boolean) => {
    setBusy("use");
    setError(null);
    const used = await actions.applyDiagnosis({ projectId, key, ...typed }).catch(() => null);
    if (!used?.ok) {
      setBusy(null);
      return fail(used?.error.message);
    }
    const keys = (held.some(({ id }) => id === delivery.id) ? held : [delivery, ...held]).slice(0, 100).map(({ at, id }) => ({ at, id }));
    const released = releases ? await actions.release({ projectId, keys }).catch(() => null) : null;
    setBusy(null);
    if (releases && !released?.ok) return fail(released?.error.message);
    setSecret("");
    onDone(released?.ok ? released.data : []);
  };
  const count = Math.max(held.length, 1);
  return (
    <div className="activity-part">
      <h2 className="activity-part-title">
        <Stethoscope aria-hidden className="icon-s self-center" />
        Signature doctor
      </h2>
      <p className="ui-hint mb-3">
        Tries algorithm, encoding, signed string and prefix with the secret that is set, or with one that you enter.
      </p>
      <Field label="Secret" mark="Optional" hint="Left blank, the stored one is tried.">
        <SecretInput
          value={secret}
          onChange={(event) => {
            setSecret(event.target.value);
            setFinding(null);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") void look();
          }}
          suffix={
            <Button variant="ghost" size="small" busy={busy === "look"} onClick={look}>
              Find the signature
            </Button>
          }
        />
      </Field>
      <div role="status" className="mt-3">
        {finding && !finding.diagnosis && (
          <Note tone="warning" title={finding.isWhole ? "Nothing fits." : "Nothing that was tried fits."}>
            The secret is another one, or something on the way changes the body. Copy the secret from the API again and try with it.
            {!finding.isWhole && " This delivery is so large, or has so many headers, that the likeliest were tried only."}
          </Note>
        )}
        {finding?.diagnosis && (
          <>
            <p className="flex gap-2">
              <CircleCheck aria-hidden className="icon-s mt-0.5 flex-none text-success" />
              <span>
                <b>One matches:</b> {finding.diagnosis.words}
              </span>
            </p>
            <Compared now={verification} matches={finding.diagnosis.verification} />
            {!mayApply ? (
              <Note className="mt-3" title="An admin sets the trigger to it.">
                Ask one of the project to open this delivery and choose Use this.
              </Note>
            ) : (
              <>
                <div className="activity-acts mt-3">
                  <Button size="small" variant="primary" busy={busy === "use"} onClick={() => use(true)}>
                    Use this and release {count}
                  </Button>
                  <Button size="small" busy={busy === "use"} onClick={() => use(false)}>
                    Use only
                  </Button>
                </div>
                <p className="ui-hint mt-2">Each is checked again first; what doesn’t pass stays refused.</p>
              </>
            )}
          </>
        )}
      </div>
      {error && (
        <Note tone="danger" role="alert" className="mt-3">
          {error}
        </Note>
      )}
    </div>
  );
}

const FIELDS: [key: string, label: string][] = [
  ["scheme", "Scheme"],
  ["algorithm", "Algorithm"],
  ["encoding", "Encoding"],
  ["signed", "Signed string"],
  ["header", "Header"],
  ["name", "Name"],
  ["prefix", "Strip"],
  ["format", "Form"],
  ["timestampHeader", "Time in"],
  ["idHeader", "Id in"],
  ["secretEncoding", "Secret as"],
];

/** "Set now" beside "Matches". */
function Compared({ now, matches }: { now: VerificationDraft; matches: Diagnosis["verification"] }) {
  const read = (from: object, key: string): string => {
    const value = (from as Record<string, unknown>)[key];
    if (key === "scheme") return VERIFICATION_LABELS[value as VerificationDraft["scheme"]];
    return value === undefined ? "" : String(value) || "nothing";
  };
  const rows = FIELDS.map(([key, label]) => ({ label, before: read(now, key), after: read(matches, key) })).filter(({ after }) => after);
  return (
    <table className="trig-compared">
      <thead>
        <tr>
          <th scope="col">
            <span className="sr-only">Field</span>
          </th>
          <th scope="col">Set now</th>
          <th scope="col">Matches</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ label, before, after }) => {
          // Header names know no capitals.
          const isSame = before.toLowerCase() === after.toLowerCase();
          return (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{isSame ? before : <s>{before || "not set"}</s>}</td>
              <td>
                {isSame ? (
                  "As set"
                ) : (
                  <>
                    <Check aria-hidden className="icon-s mr-1 inline text-success" />
                    <code>{after}</code>
                  </>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
