/**
 * Questions that many calls ask at once, asked of the database in one statement: under load a round trip and its parsing cost more than
 * the index look-ups in it. A question alone is asked at the end of its turn. While one statement is on its way, others wait and go
 * together: with it, if they are `ENOUGH` for a statement of their own, else after it. What is written goes the same way, in one
 * transaction with one commit.
 */

const MOST_STATEMENTS = 2;
const ENOUGH = 8;
/** In one statement. */
const MOST_QUESTIONS = 64;

type Waiting<Question, Answer> = { question: Question; resolve: (answer: Answer) => void; reject: (error: unknown) => void };

/**
 * `askAll` answers in the order of its questions. Where several are refused, each is asked alone, so that a question that the database
 * refuses fails nobody else's. Where the database was lost instead, all fail: what was to be written may stand there already, and must
 * not be written twice.
 */
export function askTogether<Question, Answer>(
  askAll: (questions: Question[]) => Promise<Answer[]>,
): (question: Question) => Promise<Answer> {
  let waiting: Waiting<Question, Answer>[] = [];
  let underWay = 0;
  let isPlanned = false;

  const mayAsk = () => (underWay === 0 ? waiting.length > 0 : underWay < MOST_STATEMENTS && waiting.length >= ENOUGH);
  const plan = () => {
    if (isPlanned || !mayAsk()) return;
    isPlanned = true;
    setImmediate(() => {
      isPlanned = false;
      const asked = waiting.slice(0, MOST_QUESTIONS);
      waiting = waiting.slice(MOST_QUESTIONS);
      underWay++;
      void answer(asked).finally(() => {
        underWay--;
        plan();
      });
      plan();
    });
  };

  const answer = async (asked: Waiting<Question, Answer>[]): Promise<void> => {
    try {
      const answers = await askAll(asked.map(({ question }) => question));
      for (const [index, { resolve }] of asked.entries()) resolve(answers[index]!);
    } catch (error) {
      if (asked.length === 1 || isLoss(error)) for (const { reject } of asked) reject(error);
      else await Promise.all(asked.map((one) => answer([one])));
    }
  };

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      plan();
    });
}

/** One asker for each pool. */
export function togetherOn<Pool extends object, Question, Answer>(
  askAll: (pool: Pool, questions: Question[]) => Promise<Answer[]>,
): (pool: Pool, question: Question) => Promise<Answer> {
  const askers = new WeakMap<Pool, (question: Question) => Promise<Answer>>();
  return (pool, question) => {
    let ask = askers.get(pool);
    if (!ask) {
      ask = askTogether((questions) => askAll(pool, questions));
      askers.set(pool, ask);
    }
    return ask(question);
  };
}

/** Whether nobody knows what became of the statement: the way to the database broke (no SQLSTATE), or its end of it was closed (FATAL). */
function isLoss(error: unknown): boolean {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  if (severity !== undefined) return severity !== "ERROR";
  return typeof code === "string" && /^(CONNECTION_|CONNECT_|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET)/.test(code);
}
