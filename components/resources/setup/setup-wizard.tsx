"use client";

import { CircleCheck, Pencil } from "lucide-react";
import { type ReactNode, useDeferredValue, useEffect, useState } from "react";
import { type Resolver, useForm, useWatch } from "react-hook-form";
import { DraftSaved } from "#components/drafts/draft-saved.tsx";
import { NotSaved } from "#components/drafts/not-saved.tsx";
import { FieldLinks } from "#components/shell/field-links.tsx";
import type { Theme } from "#components/shell/theme.ts";
import { useLeftSteps } from "#components/shell/use-left-steps.ts";
import { WizardShell } from "#components/shell/wizard-shell.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { lazyPart } from "#components/ui/lazy-part.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { useNavigation } from "#components/ui/navigation.tsx";
import { revealField } from "#components/ui/reveal-field.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { LearnedTokens, TestReport } from "#lib/connections/schema.ts";
import { resourcePath, resourcesPath, SETUP_STEPS, type SetupStep, setupStepPath } from "#lib/paths.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { currentProblems } from "./current-problems.ts";
import { describeField } from "./describe-field.ts";
import { preloadSettings } from "./lazy-settings.tsx";
import { preloadTestParts } from "./lazy-test-parts.tsx";
import { sampleFor } from "./sample-values.ts";
import { fieldId, type LiveResource, type Setup, SetupProvider } from "./setup-context.ts";
import type { DraftReview, KeptSecret, KeptTestValues, SetupActions } from "./setup-types.ts";
import { stepStates, stepsOf } from "./step-states.ts";
import { fieldsOf, typedValuesOf } from "./supplied-fields.ts";
import { useDraftSaver } from "./use-draft-saver.ts";
import { useFinish } from "./use-finish.ts";
import { barOf } from "./wizard-bar.ts";

const resolver: Resolver<ResourceDraft> = lazyResolver(async () => (await import("#lib/resources/schema.ts")).ResourceDraft) as never;
const PreviewPanel = lazyPart(async () => (await import("./preview-panel.tsx")).PreviewPanel, <Skeleton className="m-6 h-60" />);
const ConflictDialog = lazyPart(async () => (await import("#components/drafts/conflict-dialog.tsx")).ConflictDialog<ResourceDraft>);

export interface SetupWizardProps {
  projectId: string;
  resource: {
    id: string;
    name: string;
    live: LiveResource | null;
    learned: LearnedTokens | null;
    draft: { version: number; savedAt: string; lastTest: TestReport | null };
  };
  review: DraftReview;
  clientSecret: KeptSecret | null;
  keptTestValues: KeptTestValues;
  may: Setup["may"];
  theme: Theme;
  banner?: ReactNode;
  actions: SetupActions;
  children: ReactNode;
}

export const STEP_LABELS: Record<SetupStep, string> = {
  "api-info": "API Info",
  authorization: "Authorization",
  "request-details": "Request Details",
  "test-and-publish": "Test and Publish",
};

/** Holds the draft for all four steps. Stays mounted while the steps change, so nothing that is typed is lost between them. */
export function SetupWizard({ projectId, resource, actions, may, children, ...given }: SetupWizardProps) {
  const { navigate, pathname } = useNavigation();
  const step = SETUP_STEPS.find((each) => pathname.endsWith(`/${each}`)) ?? "api-info";
  const form = useForm<ResourceDraft>({
    defaultValues: given.review.body,
    resolver,
    mode: "onChange",
  });
  const typedDraft = useWatch({ control: form.control }) as ResourceDraft;
  const draft = useDeferredValue(typedDraft);

  const place = { projectId, resourceId: resource.id };
  const [keptValues, setKeptValues] = useState(given.keptTestValues);
  const { saver, state, review, kept, conflict, resolve } = useDraftSaver({
    form,
    ...resource.draft,
    review: given.review,
    clientSecret: given.clientSecret,
    send: ({ secrets: { values, ...secrets }, ...input }) => actions.save({ ...place, ...input, secrets, values }),
    onTestValues: (kept) => setKeptValues(kept),
    onMerge: (by) => toast.success({ title: "Joined with changes from another tab", text: by ? `${by} changed other fields.` : undefined }),
  });

  const { level, authType } = draft;
  useEffect(() => preloadSettings({ level, authType }), [level, authType]);
  useEffect(() => preloadTestParts(), []);

  const [typedSecret, setTypedSecret] = useState("");
  const [typedSecrets, setTypedSecrets] = useState<Record<string, string>>({});
  const [lastTest, setLastTest] = useState(resource.draft.lastTest);
  const [learned, setLearned] = useState(resource.learned);
  const { left, showAll } = useLeftSteps(step, SETUP_STEPS);
  const [revealed, setRevealed] = useState<Setup["revealed"]>(null);

  /** Plain test values are part of the draft and saved as they are typed; secret ones wait here until Next, Finish or a test seals them. */
  const isPlain = (key: string) => fieldsOf(draft).some((field) => field.key === key && !field.secret);
  // Fields are bound to these: a moment behind, and fast typing would lose letters.
  const typedValues = { ...typedDraft.testInputs, ...typedSecrets };

  const problems = currentProblems(draft, review).filter(
    ({ path, isMissing }) => !(path === "oauth.clientSecret" && isMissing && typedSecret),
  );

  const reveal = (target: SetupStep, path: string) => {
    if (target !== step) navigate(setupStepPath(projectId, resource.id, target));
    setRevealed({ step: target, path, n: performance.now() });
  };
  // Not before its step is there: another one may show the same field.
  useEffect(() => {
    if (revealed?.step === step) return revealField(fieldId(revealed.path), () => setRevealed(null));
  }, [revealed, step]);

  const saveWith = async (values: Record<string, string | null>): Promise<boolean> => {
    const hasValues = Object.keys(values).length > 0;
    const saved = await saver.flush({ ...(typedSecret ? { clientSecret: typedSecret } : {}), ...(hasValues ? { values } : {}) });
    if (saved) setTypedSecret("");
    if (saved && hasValues)
      setTypedSecrets((now) => Object.fromEntries(Object.entries(now).filter(([key, value]) => values[key] !== value)));
    return saved;
  };
  const save = () => saveWith(typedValuesOf(typedDraft, { typed: typedValues, kept: keptValues }));

  const setup: Setup = {
    ...place,
    name: resource.name,
    step,
    live: resource.live,
    may,
    actions,
    form,
    control: form.control,
    draft,
    problems,
    hosts: review.hosts,
    secretNames: review.secretNames,
    movedSecrets: review.movedSecrets,
    problemAt: (path) => problems.find((problem) => problem.path === path && (!problem.isMissing || left.has(problem.step))),
    reveal,
    revealed,
    addInput: (key) => {
      const inputs = form.getValues("inputs");
      if (inputs.some((input) => input.key === key)) return;
      form.setValue("inputs", [...inputs, newInput(key)], { shouldDirty: true });
    },
    clientSecret: { typed: typedSecret, type: setTypedSecret, kept },
    testValues: {
      typed: typedValues,
      type: (key, value) => {
        const change = (typed: Record<string, string>) => withValue(typed, key, value);
        if (isPlain(key)) form.setValue("testInputs", change(form.getValues("testInputs")), { shouldDirty: true });
        else setTypedSecrets(change);
      },
      kept: keptValues,
    },
    setKept: setKeptValues,
    clearTyped: () => setTypedSecrets({}),
    sampleOf: (variable) => sampleFor(variable, draft, typedValues, keptValues),
    lastTest,
    setLastTest,
    learned,
    setLearned,
    save,
    saveForTest: () => saveWith({}),
    version: saver.version,
  };
  const finish = useFinish(setup, showAll);

  const steps = stepsOf(draft);
  const states = stepStates(draft, problems, { current: step, left, lastTest });
  const at = steps.indexOf(step);
  const href = (target: SetupStep) => setupStepPath(projectId, resource.id, target);

  return (
    <SetupProvider value={setup}>
      <FieldLinks steps={SETUP_STEPS} prefix={fieldId("")} onLeaveField={() => void saver.flush()} onReveal={reveal}>
        <WizardShell
          parent={{ label: "Resources", href: resourcesPath(projectId) }}
          name={resource.name}
          badge={
            resource.live ? (
              <Badge tone="success" icon={<CircleCheck aria-hidden />}>
                Live
              </Badge>
            ) : (
              <Badge icon={<Pencil aria-hidden />}>Draft</Badge>
            )
          }
          saved={<DraftSaved state={state} />}
          theme={given.theme}
          closeHref={resource.live ? resourcePath(projectId, resource.id) : resourcesPath(projectId)}
          stepsLabel="Setup steps"
          steps={states.map(({ step: each, state: jack, summary }) => ({
            href: href(each),
            label: STEP_LABELS[each],
            state: jack,
            summary,
          }))}
          current={Math.max(0, at)}
          preview={
            step === "test-and-publish"
              ? undefined
              : {
                  label: "Preview",
                  content: <PreviewPanel />,
                }
          }
          banner={given.banner}
          notice={<NotSaved state={state} />}
          bar={barOf({ setup, steps, at, href, navigate, finish })}
        >
          {children}
        </WizardShell>
      </FieldLinks>
      {conflict && <ConflictDialog conflict={conflict} nameOf={describeField} onResolve={(body) => void resolve(body)} />}
    </SetupProvider>
  );
}

const withValue = (typed: Record<string, string>, key: string, value: string | undefined): Record<string, string> => {
  const { [key]: _, ...others } = typed;
  return value === undefined ? others : { ...others, [key]: value };
};

/** What an input needs to be is said by its key as far as one can guess; the rest is the admin's. */
const newInput = (key: string): ResourceDraft["inputs"][number] => ({
  key,
  title: key.replace(/[_-]+/g, " ").replace(/^./, (letter) => letter.toUpperCase()),
  subtitle: "",
  placeholder: "",
  prefix: "",
  suffix: "",
  accepts: { kind: "text" },
  secret: false,
});
