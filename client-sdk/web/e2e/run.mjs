// Tests of the messenger in a real browser against the real server. `CAUSERIE_BIN` is the path of the server's binary. Arguments are the
// names of the suites to run; without arguments, all suites run.

import { accessibility } from "./accessibility.mjs";
import { addCollege, admin } from "./admin.mjs";
import { arabic } from "./arabic.mjs";
import { chatting } from "./chatting.mjs";
import { compose } from "./compose.mjs";
import { demo } from "./demo.mjs";
import { addTeam, details } from "./details.mjs";
import { edges } from "./edges.mjs";
import { embedding } from "./embedding.mjs";
import { examples } from "./examples.mjs";
import { openBrowser, Runner, Server } from "./harness.mjs";
import { layout } from "./layout.mjs";
import { list } from "./list.mjs";
import { network } from "./network.mjs";
import { addCircle, networkPage } from "./network-page.mjs";
import { addOpening, opening } from "./opening.mjs";
import { addQuiet, reading } from "./reading.mjs";
import { reconnecting } from "./reconnecting.mjs";
import { restoring } from "./restoring.mjs";
import { addSchoolMail, routes } from "./routes.mjs";
import { addClub, rules } from "./rules.mjs";
import { community } from "./scenarios/community.mjs";
import { lms } from "./scenarios/lms.mjs";
import { medical } from "./scenarios/medical.mjs";
import { school } from "./scenarios/school.mjs";
import { scrolling } from "./scrolling.mjs";
import { addPairs, sdk } from "./sdk.mjs";
import { signals } from "./signals.mjs";
import { spoken } from "./spoken.mjs";
import { storing } from "./storing.mjs";
import { subPath } from "./sub-path.mjs";
import { touch } from "./touch.mjs";
import { Town } from "./town.mjs";
import { widget } from "./widget.mjs";
import { writing } from "./writing.mjs";

const server = new Server();
const runner = new Runner();
let browser;
try {
  addClub(server);
  addSchoolMail(server);
  addQuiet(server);
  addPairs(server);
  addOpening(server);
  addTeam(server);
  addCircle(server);
  addCollege(server);
  const town = new Town(server);
  await server.start();
  browser = await openBrowser();
  const asked = process.argv.slice(2);
  for (const suite of [
    demo,
    chatting,
    scrolling,
    reading,
    writing,
    touch,
    routes,
    rules,
    reconnecting,
    restoring,
    network,
    layout,
    edges,
    arabic,
    list,
    compose,
    details,
    networkPage,
    signals,
    school,
    community,
    medical,
    lms,
    subPath,
    accessibility,
    spoken,
    sdk,
    storing,
    embedding,
    widget,
    admin,
    examples,
    opening,
  ]) {
    if (!asked.length || asked.includes(suite.name)) suite(runner, browser, server, town);
  }
  if (!(await runner.run())) process.exitCode = 1;
} catch (error) {
  console.log(`${error?.stack ?? error}\n0 passed, 1 failed`);
  process.exitCode = 1;
} finally {
  await browser?.close();
  await server.remove();
}
