import { handlers } from "#app/_gates/auth.ts";

export const { GET, POST } = handlers;
