import type { FieldValues, Resolver } from "react-hook-form";
import type { z } from "zod";

/**
 * Validates a form by a zod schema that is loaded when it is first needed: the schema library is a third of what a page's own script
 * may weigh, and no form needs it before somebody has typed. Where it can't be loaded the form goes through: the server action
 * parses with the same schema.
 *
 *     const resolver = lazyResolver(async () => (await import("#lib/projects/schema.ts")).SignIn);
 */
export function lazyResolver<Input extends FieldValues, Output extends FieldValues>(
  load: () => Promise<z.ZodType<Output, Input>>,
): Resolver<Input, unknown, Output> {
  let loading: Promise<Resolver<Input, unknown, Output>> | undefined;
  const loadOnce = () => {
    loading ??= Promise.all([import("@hookform/resolvers/zod"), load()]).then(([{ zodResolver }, schema]) => zodResolver(schema));
    loading.catch(() => {
      loading = undefined;
    });
    return loading;
  };
  return async (values, context, options) => {
    const resolve = await loadOnce().catch(() => null);
    return resolve ? resolve(values, context, options) : { values: values as unknown as Output, errors: {} };
  };
}
