"use client";

import { CircleCheck, CircleDashed, Pencil } from "lucide-react";
import { lazy, type ReactNode, Suspense, useDeferredValue, useEffect, useState } from "react";
import { type Resolver, useForm, useWatch } from "react-hook-form";
import { DraftSaved } from "#components/drafts/draft-saved.tsx";
import { NotSaved } from "#components/drafts/not-saved.tsx";
import { useFormSaver } from "#components/drafts/use-form-saver.ts";
import { FieldLinks } from "#components/shell/field-links.tsx";
import type { Theme } from "#components/shell/theme.ts";
import { useLeftSteps } from "#components/shell/use-left-steps.ts";
import { type WizardBarProps, WizardShell } from "#components/shell/wizard-shell.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { useNavigation } from "#components/ui/navigation.tsx";
import { revealField } from "#components/ui/reveal-field.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import { resourceTabPath, TRIGGER_STEPS, type TriggerStep, triggerPath, triggerStepPath } from "#lib/paths.ts";
import type { TriggerForm } from "#lib/triggers/schema.ts";
import type { HeardEvent } from "../heard-events.ts";
import type { ShownSecret } from "../secrets-of-trigger.tsx";
import { describeTriggerField } from "./describe-trigger-field.ts";
import { fieldId, SetupProvider, type TriggerSetup } from "./setup-context.ts";
import type { SavedTrigger, SetupActions, TriggerReview } from "./setup-types.ts";
import { currentTriggerProblems, stepLabel, stepOfProblem, triggerStepStates } from "./trigger-steps.ts";

// The form begins with a whole draft: what the schema would fill in is there.
const resolver = lazyResolver(async () => (await import("#lib/triggers/schema.ts")).TriggerForm) as Resolver<TriggerForm>;
const TriggerPreview = lazy(() => import("./trigger-preview.tsx").then((module) => ({ default: module.TriggerPreview })));
const ConflictDialog = lazy(() =>
  import("#components/drafts/conflict-dialog.tsx").then((module) => ({ default: module.ConflictDialog<TriggerForm> })),
);

export interface TriggerWizardProps extends Pick<TriggerSetup, "projectId" | "resource" | "known" | "may"> {
  trigger: { id: string; version: number; savedAt: string; isFinished: boolean; isReady: boolean; url: string };
  review: TriggerReview;
  secrets: readonly ShownSecret[];
  /** What arrived before the page was opened. */
  heard: readonly HeardEvent[];
  theme: Theme;
  banner?: ReactNode;
  actions: SetupActions;
  children: ReactNode;
}

/** Holds the trigger for all its steps. Stays mounted while they change, so nothing that is typed is lost between them. */
export function TriggerWizard({ trigger, review: firstReview, actions, children, ...given }: TriggerWizardProps) {
  const { projectId, resource, secrets } = given;
  const { navigate, pathname } = useNavigation();
  const step = TRIGGER_STEPS.find((each) => pathname.endsWith(`/setup/${each}`)) ?? "basics";
  const form = useForm<TriggerForm>({ defaultValues: firstReview.body, resolver, mode: "onChange" });
  const draft = useDeferredValue(useWatch({ control: form.control }) as TriggerForm);
  const [review, setReview] = useState(firstReview);
  const [heard, setHeard] = useState(given.heard);
  const place = { projectId, triggerId: trigger.id };
  const { saver, state, conflict, resolve } = useFormSaver<TriggerForm, Extract<SavedTrigger, { kind: "saved" }>>({
    form,
    version: trigger.version,
    savedAt: trigger.savedAt,
    body: firstReview.body,
    send: ({ version, body }) => actions.save({ ...place, version, draft: body }),
    onSaved: (answer) => setReview(answer.review),
    onMerge: (by) => toast.success({ title: "Joined with changes from another tab", text: by ? `${by} changed other fields.` : undefined }),
  });

  const { left, showAll } = useLeftSteps(step, TRIGGER_STEPS);
  const problems = currentTriggerProblems(draft, review, { hasSecret: secrets.length > 0 });
  const [revealed, setRevealed] = useState<string | null>(null);
  const reveal = (target: TriggerStep, path: string) => {
    if (target !== step) navigate(triggerStepPath(projectId, trigger.id, target));
    setRevealed(path);
  };
  useEffect(() => {
    if (revealed) return revealField(fieldId(revealed), () => setRevealed(null));
  }, [revealed]);

  const setup: TriggerSetup = {
    ...given,
    ...place,
    step,
    form,
    draft,
    problems,
    problemAt: (path) => problems.find((problem) => problem.path === path && (!problem.isMissing || left.has(problem.step))),
    isFinished: trigger.isFinished,
    url: trigger.url,
    heard,
    setHeard,
    actions,
  };
  const finish = useFinish({
    may: given.may.finish,
    isFinished: trigger.isFinished,
    name: draft.name,
    save: () => saver.flush(),
    send: () => actions.finish({ ...place, version: saver.version() }),
    onDone: () => navigate(triggerPath(projectId, trigger.id)),
    onRefused: (path) => {
      showAll();
      if (path) reveal(stepOfProblem(path), path);
    },
  });
  const states = triggerStepStates(draft, problems, { current: step, left, hasHeard: heard.length > 0, isFinished: trigger.isFinished });
  const href = (target: TriggerStep) => triggerStepPath(projectId, trigger.id, target);
  const list = resourceTabPath(projectId, resource.id, "triggers");

  return (
    <SetupProvider value={setup}>
      <FieldLinks steps={TRIGGER_STEPS} prefix={fieldId("")} onLeaveField={() => void saver.flush()} onReveal={reveal}>
        <WizardShell
          parent={{ label: `${resource.name} Triggers`, href: list }}
          name={draft.name || "Trigger"}
          badge={<SetupBadge {...trigger} />}
          saved={<DraftSaved state={state} />}
          theme={given.theme}
          closeHref={trigger.isFinished ? triggerPath(projectId, trigger.id) : list}
          stepsLabel="Trigger steps"
          steps={states.map(({ step: each, state: jack, summary }) => ({
            href: href(each),
            label: stepLabel(each, draft.body),
            state: jack,
            summary,
          }))}
          current={TRIGGER_STEPS.indexOf(step)}
          preview={
            step === "listen"
              ? undefined
              : {
                  label: "Preview",
                  content: (
                    <Suspense fallback={<Skeleton className="m-6 h-60" />}>
                      <TriggerPreview />
                    </Suspense>
                  ),
                }
          }
          banner={given.banner}
          notice={<NotSaved state={state} />}
          bar={barOf({ setup, href, navigate, save: () => saver.flush(), finish })}
        >
          {children}
        </WizardShell>
      </FieldLinks>
      {conflict && (
        <Suspense>
          <ConflictDialog conflict={conflict} nameOf={describeTriggerField} onResolve={(body) => void resolve(body)} />
        </Suspense>
      )}
    </SetupProvider>
  );
}

function SetupBadge({ isFinished, isReady }: TriggerWizardProps["trigger"]) {
  if (!isFinished) return <Badge icon={<Pencil aria-hidden />}>Draft</Badge>;
  if (!isReady) return <Badge icon={<CircleDashed aria-hidden />}>To set up</Badge>;
  return (
    <Badge tone="success" icon={<CircleCheck aria-hidden />}>
      Live
    </Badge>
  );
}

type FinishOptions = {
  may: boolean;
  isFinished: boolean;
  name: string;
  save: () => Promise<boolean>;
  send: () => ReturnType<SetupActions["finish"]>;
  onDone: () => void;
  onRefused: (path: string | undefined) => void;
};

/** Finish: save, let it hold, go to the trigger. With something missing it leads to the first field instead. */
function useFinish({ may, isFinished, name, save, send, onDone, onRefused }: FinishOptions) {
  const [busy, setBusy] = useState(false);
  const finish = async () => {
    if (!(await save())) return;
    if (!may) {
      toast.error({
        title: "Finish takes the role of admin",
        text: "What you typed is saved. Ask an admin of the project to open it and choose Finish.",
      });
      return;
    }
    const answer = await send().catch(() => null);
    if (answer?.ok) {
      toast.success({
        title: `${name} is live`,
        text: isFinished ? "Your changes hold from the next event on." : "Workflows can start with it.",
      });
      return onDone();
    }
    onRefused(Object.keys(answer?.error.fields ?? {})[0]);
    toast.error({
      title: "Not live yet",
      text: answer?.error.message ?? "The server can’t be reached. Check the connection and try again.",
    });
  };
  const start = () => {
    setBusy(true);
    void finish().finally(() => setBusy(false));
  };
  return { busy, start };
}

type BarContext = {
  setup: TriggerSetup;
  href: (step: TriggerStep) => string;
  navigate: (href: string) => void;
  save: () => Promise<boolean>;
  finish: { busy: boolean; start: () => void };
};

function barOf({ setup, href, navigate, save, finish }: BarContext): WizardBarProps {
  const { step, problems, problemAt, draft } = setup;
  const at = TRIGGER_STEPS.indexOf(step);
  const [before, after] = [TRIGGER_STEPS[at - 1], TRIGGER_STEPS[at + 1]];
  // Not before what was typed is saved: where the session has ended, the next page is sign-in, and this one is gone.
  const move = (target: TriggerStep) => async () => {
    if (await save()) navigate(href(target));
  };
  const back = before ? { onSelect: move(before) } : undefined;
  const said = after ? problems.filter((problem) => problem.step === step && problemAt(problem.path)) : problems;
  const [first] = said;
  const problem = first && {
    text: said.length === 1 ? first.message : `${said.length} things to fix: ${first.message}`,
    href: `${href(first.step)}#${fieldId(first.path)}`,
  };
  if (!after) return { back, last: true, next: { onSelect: finish.start, busy: finish.busy, busyLabel: "Finish…" }, problem };
  const then = THEN[after](draft);
  return { back, then, problem, next: { onSelect: move(after) } };
}

const THEN: Record<TriggerStep, (draft: TriggerForm) => string> = {
  basics: () => "",
  webhook: ({ body }) => (body.creation === "request" ? "the request that tells the API" : "the URL to copy"),
  verification: () => "how an event proves its sender",
  events: () => "whose event it is, and which ones count",
  listen: () => "a real event",
};
