const NAMES: Record<string, string> = {
  name: "Name",
  "body.level": "Level",
  "body.creation": "How the API is told",
  "body.subscription.create": "Create request",
  "body.subscription.create.body": "Body of the create request",
  "body.subscription.teardown": "Teardown request",
  "body.subscription.hasTeardown": "Teardown request",
  "body.subscription.secretPath": "Secret in the answer",
  "body.verification": "Verification",
  "body.networks": "Allowed networks",
  "body.user": "Which user",
  "body.filter": "Event filter",
  "body.filter.conditions": "Conditions",
  "body.dedupe": "Duplicates",
  "body.response": "Response",
};

/** The label of a field by its dotted path, or of the part that holds it. */
export function describeTriggerField(path: string): string {
  const known = NAMES[path];
  if (known) return known;
  const [last = path, ...before] = path.split(".").reverse();
  const words = last.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  const holder = NAMES[before.reverse().join(".")];
  return holder ? `${holder}, ${words}` : words.replace(/^./, (letter) => letter.toUpperCase());
}
