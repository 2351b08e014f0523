import { randomUUID } from "node:crypto";

const MOST_TASKS = 500;
const STATUSES = ["open", "done"] as const;

export interface Task {
  id: string;
  title: string;
  status: (typeof STATUSES)[number];
  assignee: string | null;
  updated_at: string;
}

const SAMPLES: Record<string, readonly string[]> = {
  northgate: ["Send the Q3 invoice to Halden", "Renew the domain", "Book the review room", "Move the backups to cold storage"],
  corvid: ["Rotate the signing keys", "Answer the audit questions", "Ship the winter release", "Interview two engineers"],
  acme: ["Order anvils", "Test the rocket skates", "File the patent for the portable hole"],
  public: ["Read the documentation", "Try a Required Input", "Publish the first Resource"],
};

type Result = { ok: true; value: unknown; status: number } | { ok: false; status: number; message: string };

/** The sample tasks of one tenant. Bounded: the oldest task goes when there are more than 500. */
export class TaskList {
  readonly #tasks = new Map<string, Task>();

  constructor(tenant: string) {
    const titles = SAMPLES[tenant] ?? SAMPLES.public!;
    titles.forEach((title, index) => {
      const id = `${tenant}-${index + 1}`;
      const status = index % 3 === 1 ? "done" : "open";
      this.#tasks.set(id, { id, title, status, assignee: null, updated_at: "2026-01-12T09:00:00.000Z" });
    });
  }

  all(): Task[] {
    return [...this.#tasks.values()].reverse();
  }

  list(query: URLSearchParams): Result {
    const status = query.get("status");
    if (status !== null && !isStatus(status)) return no(400, `"status" is open or done, not "${status}".`);
    const limit = Number(query.get("limit") ?? "20");
    if (!Number.isInteger(limit) || limit < 1 || limit > 100) return no(400, `"limit" is a whole number from 1 to 100.`);
    const tasks = this.all().filter((task) => status === null || task.status === status);
    return yes(200, tasks.slice(0, limit));
  }

  get(id: string): Result {
    const task = this.#tasks.get(id);
    return task ? yes(200, task) : no(404, `There is no task "${id}" here. GET /tasks lists those that exist.`);
  }

  create(input: Record<string, unknown>): Result {
    const { title, status = "open", assignee = null } = input;
    if (typeof title !== "string" || title.trim() === "" || title.length > 200) return no(422, `"title" is a text of 1 to 200 characters.`);
    const problem = checkRest(status, assignee);
    if (problem) return no(422, problem);
    const task = { id: randomUUID(), title, status, assignee, updated_at: new Date().toISOString() } as Task;
    this.#tasks.set(task.id, task);
    if (this.#tasks.size > MOST_TASKS) this.#tasks.delete(this.#tasks.keys().next().value!);
    return yes(201, task);
  }

  update(id: string, input: Record<string, unknown>): Result {
    const task = this.#tasks.get(id);
    if (!task) return this.get(id);
    const { title = task.title, status = task.status, assignee = task.assignee } = input;
    if (typeof title !== "string" || title.trim() === "" || title.length > 200) return no(422, `"title" is a text of 1 to 200 characters.`);
    const problem = checkRest(status, assignee);
    if (problem) return no(422, problem);
    Object.assign(task, { title, status, assignee, updated_at: new Date().toISOString() });
    return yes(200, task);
  }

  remove(id: string): Result {
    const found = this.get(id);
    this.#tasks.delete(id);
    return found.ok ? yes(204, null) : found;
  }
}

function isStatus(value: unknown): value is Task["status"] {
  return STATUSES.some((status) => status === value);
}

function checkRest(status: unknown, assignee: unknown): string | null {
  if (!isStatus(status)) return `"status" is open or done.`;
  if (assignee !== null && (typeof assignee !== "string" || assignee.length > 200))
    return `"assignee" is a text of at most 200 characters, or null.`;
  return null;
}

function yes(status: number, value: unknown): Result {
  return { ok: true, status, value };
}

function no(status: number, message: string): Result {
  return { ok: false, status, message };
}
