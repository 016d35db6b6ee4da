//! `POST /v1/import` in the description of the API: it is the one operation that is no message of the wire.

use serde_json::{Value, json};

/// The media type of both bodies: one JSON object per line.
pub const NDJSON: &str = "application/x-ndjson";
/// The name of the schema of a row.
pub const ROW: &str = "ImportRow";
/// The name of the schema of a line of the answer.
pub const ANSWER: &str = "ImportAnswer";

/// What to know before one writes a client.
pub const TEXT: &str = "The body is NDJSON: one row per line, at most 64 KiB each. Rows are applied in order, a few hundred to \
    a transaction, so a row may name what an earlier one made, and what a later one makes it may not. A row that can't be \
    applied is refused, and the others go on. What is there already stays as it is: an import that broke off may be run \
    again from its beginning. Only one import of a tenant runs at a time; another is answered `conflict`.";

/// The query's parameters.
#[must_use]
pub fn parameters() -> Vec<Value> {
    let parameter = |name: &str, schema: Value, description: &str| {
        let mut schema = schema;
        schema["description"] = description.into();
        json!({ "name": name, "in": "query", "schema": schema })
    };
    vec![
        parameter("dry_run", json!({ "type": "boolean" }), "Answer the same, and change nothing."),
        parameter(
            "replace",
            json!({ "type": "string", "pattern": r"^(users|groups|memberships|edges|(memberships|relations):[\s\S]+)$" }),
            "The rows are all there is: what this scope holds and no row names is removed at the end, unless a row was \
             refused. `users`, `groups`, `memberships`, `memberships:<group>`, `edges` or `relations:<name>`.",
        ),
        parameter(
            "delete_limit",
            json!({ "type": "string", "pattern": "^([0-9]{1,18}|(100|[0-9]{1,2})%)$" }),
            "How many `replace` may remove, `250` or `5%` of what the scope holds; if there are more it removes nothing. \
             Without it: a tenth, or 20 if that is more, but never more than half of what there is (one may always go); and nothing \
             where no row is of that scope.",
        ),
        parameter(
            "results",
            json!({ "type": "string", "enum": ["problems", "all"] }),
            "Which rows to tell of: those refused, or all. With `all`, read the answer while you send.",
        ),
    ]
}

/// The schema of a row.
#[must_use]
pub fn row() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let choice = |words: &[&str], description: &str| json!({ "type": "string", "enum": words, "description": description });
    json!({
        "type": "object",
        "description": "A fact. Of users and groups, what is left out stays as it is; the others are said as a whole. A field \
            that its type of row does not have is refused. Roles, kinds, relations and settings are words of the tenant's \
            policy.",
        "required": ["type"],
        "properties": {
            "type": choice(&["user", "group", "membership", "relation", "edge", "setting"], ""),
            "deleted": { "type": "boolean", "description": "Remove it instead; a user gets the status `removed`." },
            "id": text("user, group: your id of it."),
            "name": text("user, group: for people to read. setting: which one."),
            "avatar": text("user: an http or https address, or empty for none."),
            "locale": text("user: a language tag (BCP 47), `fr`."),
            "status": choice(&["active", "invited", "deactivated", "removed"], "user: new ones are active, and so is who was removed and is named again without it."),
            "roles": { "type": "array", "items": { "type": "string" }, "description": "user: roles in the tenant as a whole." },
            "writable_by": choice(&["rules", "contacts", "nobody"], "user: who may write to the person, as the person chose."),
            "kind": text("group: needed where it is new."),
            "parent": text("group: the id of the group it is in, or empty for none."),
            "state": choice(
                &["active", "concluded", "archived", "accepted", "pending"],
                "group: only an active one gives its members anything. relation: `accepted` if left out.",
            ),
            "delivers": choice(
                &["both", "people", "group", "none"],
                "group, edge: whether one reaches its people one by one, the group as a whole, or `both`, as if left out.",
            ),
            "user": text("membership: the id of the person."),
            "group": text("membership: the id of the group."),
            "role": text("membership: a person may have several in a group, each a row."),
            "relation": text("relation: its name."),
            "from": text(
                "membership: the moment (RFC 3339) or date (its midnight UTC) it begins. relation: the id of a person. edge: \
                 the id of a group.",
            ),
            "until": text("membership: the moment or date it is over."),
            "to": text("relation: the id of the other person. edge: the id of the group that is reached."),
            "from_role": text("edge: those with this role there; everybody if left out."),
            "to_role": text("edge: those with this role there; everybody if left out."),
            "effect": choice(&["allow", "deny"], "edge: `allow` if left out."),
            "value": { "type": ["string", "number"], "description": "setting: a word, a number, or a duration such as `15m`." },
        },
    })
}

/// The schema of a line of the answer.
#[must_use]
pub fn answer() -> Value {
    json!({
        "type": "object",
        "description": "What became of a row; or `progress`, every 10,000 rows and 5 s; or, last of all, `summary`. Without a \
            summary the answer broke off.",
        "properties": {
            "row": { "type": "integer", "minimum": 1, "description": "The line of the body, from 1." },
            "result": { "type": "string", "enum": ["created", "updated", "unchanged", "removed", "refused"] },
            "type": { "type": "string", "description": "As in the row." },
            "id": { "type": "string", "description": "What the row names, for people to read." },
            "field": { "type": "string", "description": "The field to blame." },
            "message": { "type": "string", "description": "One sentence for the developer who reads it." },
            "progress": { "type": "object", "description": "`rows` so far, by what became of them." },
            "summary": {
                "type": "object",
                "description": "`rows` in all, by what became of them; `dry_run`; the `facts_version` that holds all of it; and \
                    `stopped`, why not all was done, or null.",
            },
        },
    })
}
