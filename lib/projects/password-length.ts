/** Apart from the schemas, so that a hint under a field needs none of them. */
export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 200;
