export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

export type NewJob = {
  /** What server/worker finds its handler by. */
  name: string;
  data: Json;
  /** Not before this time. */
  startAfter?: Date;
  /** Whose turn it is: of many waiting jobs, groups get theirs in turn. A project's id. */
  group?: string;
  /** While a job with this key waits, another one is dropped. One that is at work doesn't count. */
  singletonKey?: string;
};

/** As pg-boss keeps it. `failures`: how often its handler has thrown; `faults`: how often for what won't pass by itself. */
export type Envelope = { name: string; data: Json; failures?: number; faults?: number };
