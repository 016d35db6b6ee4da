//! What `POST /v1/import` takes and answers, for the description of the API: rows are read by `provisioning`, which tells a mistake
//! per row.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

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
            json!({ "type": "string", "pattern": r"^(users|groups|memberships|edges|(memberships|relations):[^\u0000-\u001f\u007f-\u009f]+)$" }),
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
            "The rows that the answer lists: the refused rows, or all rows. With `all`, read the answer while you send.",
        ),
        parameter(
            "undeclared",
            json!({ "type": "string", "enum": ["refuse", "keep"] }),
            "What happens to a row with a role, kind, relation or setting that the policy does not declare. Without it, and with \
             `refuse`, the row is refused. With `keep` the fact is stored, and has no effect until a policy declares the word: for \
             the rows of an export.",
        ),
    ]
}

/// A fact. Of users and groups, what is left out stays as it is; the others are said as a whole. A field that its type of row does not
/// have is refused. Roles, kinds, relations and settings are words of the tenant's policy.
#[derive(JsonSchema)]
#[allow(dead_code)] // a description
pub struct ImportRow {
    /// What the row is about.
    #[schemars(extend("enum" = ["user", "group", "membership", "relation", "edge", "setting"]))]
    r#type: String,
    /// Remove it instead; a user gets the status `removed`.
    deleted: Option<bool>,
    /// user, group: your id of it.
    id: Option<String>,
    /// user, group: for people to read. setting: which one.
    name: Option<String>,
    /// user: an http or https address, or empty for none.
    avatar: Option<String>,
    /// user: a language tag (BCP 47), `fr`.
    locale: Option<String>,
    /// user: a short text that other users see below the name, such as the role or the class; empty for none.
    about: Option<String>,
    /// user: new ones are active, and so is a user that was removed and is named again without it.
    #[schemars(extend("enum" = ["active", "invited", "deactivated", "removed", null]))]
    status: Option<String>,
    /// user: roles in the tenant as a whole.
    roles: Option<Vec<String>>,
    /// user: from whom the user takes messages, as the user chose.
    #[schemars(extend("enum" = ["rules", "contacts", "nobody", null]))]
    writable_by: Option<String>,
    /// group: needed where it is new.
    kind: Option<String>,
    /// group: the id of the group it is in, or empty for none.
    parent: Option<String>,
    /// group: only an active one gives its members anything. relation: `accepted` if left out.
    #[schemars(extend("enum" = ["active", "concluded", "archived", "accepted", "pending", null]))]
    state: Option<String>,
    /// group, edge: whether a sender reaches its users one by one, the group as a whole, or `both`, as if left out.
    #[schemars(extend("enum" = ["both", "people", "group", "none", null]))]
    delivers: Option<String>,
    /// membership: the id of the user.
    user: Option<String>,
    /// membership: the id of the group.
    group: Option<String>,
    /// membership: a user may have several in a group, each a row.
    role: Option<String>,
    /// relation: its name.
    relation: Option<String>,
    /// membership: the moment (RFC 3339) or date (its midnight UTC) it begins. relation: the id of a user. edge: the id of a group.
    from: Option<String>,
    /// membership: the moment or date it is over.
    until: Option<String>,
    /// relation: the id of the other user. edge: the id of the group that is reached.
    to: Option<String>,
    /// edge: those with this role there; everybody if left out.
    from_role: Option<String>,
    /// edge: those with this role there; everybody if left out.
    to_role: Option<String>,
    /// edge: `allow` if left out.
    #[schemars(extend("enum" = ["allow", "deny", null]))]
    effect: Option<String>,
    /// setting: a word, a number, or a duration such as `15m`.
    #[schemars(extend("type" = ["string", "number", "null"]))]
    value: Option<String>,
}

/// What became of a row; or `progress`, every 10,000 rows and 5 s; or, last of all, `summary`. Without a summary the answer broke off.
#[derive(Serialize, JsonSchema)]
#[allow(dead_code)] // a description
pub struct ImportAnswer {
    /// The line of the body, from 1.
    #[schemars(range(min = 1))]
    row: Option<u64>,
    /// What became of it.
    #[schemars(extend("enum" = ["created", "updated", "unchanged", "removed", "refused", null]))]
    result: Option<String>,
    /// As in the row.
    r#type: Option<String>,
    /// What the row names, for people to read.
    id: Option<String>,
    /// The field to blame.
    field: Option<String>,
    /// One sentence for the developer who reads it.
    message: Option<String>,
    /// `rows` so far, by what became of them.
    progress: Option<Map<String, Value>>,
    /// `rows` in all, by what became of them; `dry_run`; the `facts_version` that holds all of it; and `stopped`, why not all was
    /// done, or null.
    summary: Option<Map<String, Value>>,
}
