import { expect, test } from "vitest";
import { askTogether } from "./ask-together.ts";

test("what is asked in one turn goes in one statement, and each hears its own answer", async () => {
  const statements: number[][] = [];
  const ask = askTogether(async (questions: number[]) => {
    statements.push(questions);
    return questions.map((question) => question * 10);
  });
  expect(await Promise.all([1, 2, 3].map(ask))).toEqual([10, 20, 30]);
  expect(statements).toEqual([[1, 2, 3]]);
});

test("while a statement is on its way, others wait until they are enough for a second one", async () => {
  const pending: { questions: number[]; end: () => void }[] = [];
  const ask = askTogether(
    (questions: number[]) => new Promise<number[]>((resolve) => pending.push({ questions, end: () => resolve(questions) })),
  );
  const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  const answers: Promise<number>[] = [];
  const askEach = async (questions: number[]) => {
    for (const question of questions) {
      answers.push(ask(question));
      await turn();
    }
  };
  const sent = () => pending.map(({ questions }) => questions);
  await askEach([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(sent()).toEqual([[0]]);
  await askEach([8]);
  expect(sent()).toEqual([[0], [1, 2, 3, 4, 5, 6, 7, 8]]);
  await askEach([9, 10, 11, 12, 13, 14, 15, 16, 17]);
  expect(sent(), "never a third").toHaveLength(2);
  pending[0]!.end();
  await turn();
  expect(sent()[2]).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17]);
  pending[1]!.end();
  pending[2]!.end();
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 18 }, (_, n) => n));
});

test("a question that is refused fails nobody else's", async () => {
  const ask = askTogether(async (questions: string[]) => {
    if (questions.some((question) => question.includes("\0"))) throw new Error("invalid byte sequence");
    return questions.map((question) => question.toUpperCase());
  });
  const answers = await Promise.allSettled(["a", "b\0", "c"].map(ask));
  expect(answers.map((each) => (each.status === "fulfilled" ? each.value : "refused"))).toEqual(["A", "refused", "C"]);
});

test.each([
  ["the way to it broke", { code: "CONNECTION_CLOSED" }],
  ["it was shut down", { code: "57P01", severity: "FATAL" }],
])("where the database was lost (%s) nothing is asked again: it may be written already", async (_, facts) => {
  const statements: number[][] = [];
  const ask = askTogether(async (questions: number[]): Promise<number[]> => {
    statements.push(questions);
    throw Object.assign(new Error("lost"), facts);
  });
  const answers = await Promise.allSettled([1, 2, 3].map(ask));
  expect(statements).toEqual([[1, 2, 3]]);
  expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
});

test("where the database refuses a statement of several, each is asked alone", async () => {
  const ask = askTogether(async (questions: number[]) => {
    if (questions.length > 1) throw Object.assign(new Error("deadlock detected"), { code: "40P01", severity: "ERROR" });
    return questions;
  });
  expect(await Promise.all([1, 2, 3].map(ask))).toEqual([1, 2, 3]);
});
