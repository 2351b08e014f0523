/**
 * Questions that many calls ask at once, asked of the database in one statement: under load a round trip and its parsing cost more than
 * the index look-ups in it. A question alone is asked at the end of its turn; while `MOST_STATEMENTS` are on their way, others wait and
 * go together.
 */

const MOST_STATEMENTS = 2;
/** In one statement. */
const MOST_QUESTIONS = 64;

type Waiting<Question, Answer> = { question: Question; resolve: (answer: Answer) => void; reject: (error: unknown) => void };

/**
 * `askAll` answers in the order of its questions. Where a statement of several fails, each is asked alone, so that a question that the
 * database refuses fails nobody else's.
 */
export function askTogether<Question, Answer>(
  askAll: (questions: Question[]) => Promise<Answer[]>,
): (question: Question) => Promise<Answer> {
  let waiting: Waiting<Question, Answer>[] = [];
  let underWay = 0;
  let isPlanned = false;

  const plan = () => {
    if (isPlanned || waiting.length === 0 || underWay >= MOST_STATEMENTS) return;
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
      if (asked.length === 1) asked[0]!.reject(error);
      else await Promise.all(asked.map((one) => answer([one])));
    }
  };

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      plan();
    });
}
