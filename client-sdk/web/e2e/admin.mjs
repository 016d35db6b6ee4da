import { looks } from "./admin/looks.mjs";
import { operation } from "./admin/operation.mjs";
import { people } from "./admin/people.mjs";
import { policy } from "./admin/policy.mjs";
import { signingIn } from "./admin/signing-in.mjs";

export { addCollege } from "./admin/college.mjs";

/** The page of a tenant's operator at `/admin`. */
export function admin(runner, browser, server) {
  signingIn(runner, browser, server);
  people(runner, browser, server);
  policy(runner, browser, server);
  operation(runner, browser, server);
  looks(runner, browser, server);
}
