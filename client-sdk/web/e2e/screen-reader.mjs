// A simulated screen reader: reads the accessibility tree of Chromium in the order of the page, through all shadow roots, and announces what
// live regions receive. `@guidepup/virtual-screen-reader` 0.33 builds a tree of its own from the light DOM and does not enter shadow roots.

/** Roles whose content is their name: a screen reader says role and name, and does not read what is inside. */
const leaves = new Set([
  "button",
  "link",
  "menuitem",
  "option",
  "tab",
  "textbox",
  "searchbox",
  "combobox",
  "image",
  "checkbox",
]);
/** Roles that a screen reader names before their content. */
const containers = new Set([
  "alert",
  "article",
  "banner",
  "complementary",
  "dialog",
  "form",
  "group",
  "heading",
  "list",
  "listbox",
  "listitem",
  "log",
  "main",
  "menu",
  "navigation",
  "region",
  "search",
  "status",
  "tablist",
]);

/** Times of the clock, which differ between two runs. */
const clock = /\d{1,2}:\d\d(\s?[ap]m)?/gi;

const plain = (text) =>
  text
    .replace(/[\u2066-\u2069]/g, "")
    .replace(/\s+/g, " ")
    .replace(clock, "TIME")
    .replace(/^ ?Last seen .*/, "Last seen WHEN")
    .trim();

/** What is said of a node with a role: role, name, level and states. */
function phraseOf(node) {
  const { role, name, description, properties = [] } = node;
  const property = (key) => properties.find((each) => each.name === key)?.value.value;
  const parts = [role.value, role.value === "heading" ? property("level") : "", plain(name?.value ?? "")];
  if (/box$/.test(role.value) && node.value?.value) parts.push(`“${plain(node.value.value)}”`);
  if (property("disabled")) parts.push("(disabled)");
  if (role.value === "option" && property("selected")) parts.push("(selected)");
  if (property("expanded") !== undefined && role.value === "button") parts.push(property("expanded") ? "(open)" : "(closed)");
  if (property("hasPopup") && role.value === "button") parts.push(`(opens ${property("hasPopup")})`);
  // A tooltip with the words of the name is not repeated.
  if (description?.value && description.value !== name?.value) parts.push(`(${plain(description.value)})`);
  return parts.filter((part) => part !== undefined && part !== "").join(" ");
}

/** The nodes of the accessibility tree by id, and the root. */
async function treeOf(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  return new Map(nodes.map((node) => [node.nodeId, node]));
}

/** What a screen reader says when it reads a part of the page from its beginning to its end; `starts` finds the node that begins the part. */
export async function reading(page, starts) {
  const byId = await treeOf(page);
  const start = [...byId.values()].find(
    (node) => !node.ignored && starts({ role: node.role?.value, name: plain(node.name?.value ?? "") }),
  );
  if (!start) return [];
  const said = [];
  let line = "";
  const flush = () => {
    if (plain(line)) said.push(plain(line));
    line = "";
  };
  const read = (node) => {
    const role = node.ignored ? "" : node.role?.value;
    if (role === "StaticText") {
      line += ` ${node.name.value}`;
      return;
    }
    const isLeaf = leaves.has(role);
    const isNamed = isLeaf || containers.has(role);
    const isBlock = isNamed || ["paragraph", "term", "definition", "separator"].includes(role);
    if (isBlock) flush();
    const children = (node.childIds ?? []).map((id) => byId.get(id)).filter(Boolean);
    const before = said.length;
    if (isNamed) said.push(phraseOf(node));
    // The text of a heading is its name; a button in it is read.
    if (role === "heading") {
      const inner = (each) =>
        leaves.has(each.role?.value) && !each.ignored ? [each] : (each.childIds ?? []).flatMap((id) => inner(byId.get(id)));
      for (const each of inner(node)) said.push(phraseOf(each));
    } else if (!isLeaf) for (const child of children) read(child);
    if (isBlock) flush();
    // An empty live region says nothing.
    if (["status", "alert", "log"].includes(role) && said.length === before + 1 && !node.name?.value) said.pop();
  };
  read(start);
  flush();
  return said;
}

/** What a screen reader says of the focused element. */
export async function focus(page) {
  const byId = await treeOf(page);
  const focused = [...byId.values()].filter(
    ({ ignored, properties = [] }) => !ignored && properties.some(({ name, value }) => name === "focused" && value.value),
  );
  return focused.map(phraseOf).at(-1) ?? "";
}

/** Begins to collect what live regions receive. `announced` returns it. */
export async function listen(page) {
  await page.evaluate(() => {
    globalThis.announced = [];
    const live = "[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]";
    const known = new WeakMap();
    const look = (root, isFirst) => {
      for (const each of root.querySelectorAll("*")) {
        if (each.shadowRoot) look(each.shadowRoot, isFirst);
        if (!each.matches(live)) continue;
        const text = each.textContent.replace(/\s+/g, " ").trim();
        if (text && !isFirst && known.get(each) !== text) globalThis.announced.push(text);
        known.set(each, text);
      }
    };
    const every = () => {
      look(document.body, false);
      requestAnimationFrame(every);
    };
    look(document.body, true);
    every();
  });
}

export async function announced(page) {
  return (await page.evaluate(() => globalThis.announced)).map(plain);
}
