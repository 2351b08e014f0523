/** Every query takes this first: nothing is read or written outside one project. */
export type Scope = { projectId: string };
