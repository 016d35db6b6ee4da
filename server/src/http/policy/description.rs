//! What requests and answers about rules look like, for OpenAPI: they are not of the wire, and described here.

use causerie_policy::{ACTIONS, PRESETS};
use serde_json::{Map, Value, json};

use super::Ask;

impl Ask {
    /// The schema of the body; none where the caller sends nothing.
    #[must_use]
    pub fn body(self) -> Option<&'static str> {
        match self {
            Self::Put => Some("PolicyChoice"),
            Self::Check => Some("PolicyText"),
            Self::Explain => Some("PolicyQuestion"),
            Self::Diff => Some("PolicyCandidate"),
            Self::Rollback => Some("PolicyRollback"),
            Self::Get | Self::History | Self::Audit => None,
        }
    }

    /// The operation's name.
    #[must_use]
    pub fn operation_id(self) -> &'static str {
        match self {
            Self::Get => "getPolicy",
            Self::Put => "putPolicy",
            Self::Check => "checkPolicy",
            Self::Explain => "explainPolicy",
            Self::Diff => "diffPolicy",
            Self::History => "policyHistory",
            Self::Rollback => "rollbackPolicy",
            Self::Audit => "audit",
        }
    }

    /// The query parameters.
    #[must_use]
    pub fn parameters(self) -> Vec<Value> {
        let parameters: &[(&str, &str)] = match self {
            Self::Get => &[("version", "Of the rules; without it, those in force.")],
            Self::Audit => &[
                ("cursor", "`nextCursor` of the page before."),
                ("limit", "At most so many lines."),
                ("action", "Of this action only: `start`, `policy.set`."),
                ("since", "Not before this day or moment, RFC 3339."),
            ],
            _ => &[],
        };
        let parameter =
            |(name, text): &(&str, &str)| json!({ "name": name, "in": "query", "description": text, "schema": text_of("") });
        parameters.iter().map(parameter).collect()
    }
}

/// All schemas.
#[must_use]
pub fn schemas() -> Map<String, Value> {
    let rules = json!({
        "preset": { "type": "string", "enum": PRESETS.map(|(name, _)| name), "description": "Rules that come with the server." },
        "text": text_of("Rules of one's own, in the rule language."),
    });
    let mut choice = rules.clone();
    choice["dryRun"] = flag("Tell what would change, and change nothing.");
    choice["acceptUnusedWords"] = flag("Although facts use words these rules do not declare: those facts give nothing.");
    let version = json!({
        "version": number("Counts from 1; 0 is the preset `open` of a tenant for which nobody chose."),
        "name": text_of("As the text says."),
        "preset": flag("It is a preset of this server, letter by letter."),
        "createdAt": time("When it was put in force."),
        "createdBy": text_of("Who did: `cli:…`, `key:…`."),
    });
    let mut whole = version.clone();
    whole["text"] = text_of("The rules.");
    Map::from_iter(
        [
            ("Policy", object("Rules that are, or were, in force.", whole)),
            ("PolicyVersion", object("Rules that are, or were, in force, without their text.", version)),
            ("PolicyHistory", object("All rules the tenant had, the latest first.", json!({ "policies": list("PolicyVersion") }))),
            ("PolicyChoice", object("Either a preset or a text.", choice)),
            ("PolicyCandidate", object("Either a preset or a text.", rules)),
            ("PolicyText", object("", json!({ "text": text_of("Rules, in the rule language.") }))),
            ("PolicyRollback", object("", json!({
                "to": number("The version to go back to; without it, the one before."),
                "acceptUnusedWords": flag("Although facts use words these rules do not declare: those facts give nothing."),
            }))),
            ("PolicyChanged", object("What was done, or would be. `difference` is absent where it could not be told soon after the change.", json!({
                "version": number("Of the rules in force now; absent after a dry run."),
                "changed": flag("They were not in force already."),
                "name": text_of("Of the rules."),
                "unusedWords": list("UnusedWord"),
                "difference": reference("PolicyDifference"),
            }))),
            ("UnusedWord", object("A word that facts use and the rules do not declare.", json!({
                "what": text_of("`role`, `kind`, `relation` or `setting`."),
                "word": text_of(""),
                "facts": number("How many facts use it."),
            }))),
            ("PolicyChecked", object("What a text holds, or what is wrong with it.", json!({
                "valid": flag(""),
                "problems": list("PolicyProblem"),
                "name": text_of(""),
                "rules": number("How many."),
                "neverAllowed": { "type": "array", "items": text_of(""), "description": "Actions no rule allows anybody." },
            }))),
            ("PolicyProblem", object("", json!({ "line": number("Counted from 1."), "message": text_of("") }))),
            ("PolicyQuestion", object("May someone do something?", json!({
                "as": reference("PolicyWhom"),
                "to": reference("PolicyWhom"),
                "action": { "type": "string", "enum": ACTIONS.map(|(name, _)| name), "description": "Without it, `start`, `address_group` of a group, `send` in a conversation." },
                "relation": text_of("Which relation: of `request`, `accept`, `unrelate`, `block`."),
            }))),
            ("PolicyWhom", object("Exactly one of these.", json!({
                "externalId": text_of("A person, by the product's id."),
                "id": text_of("A person, by the server's id."),
                "group": text_of("A group, by the product's id."),
                "conversation": text_of("A conversation, by the server's id."),
            }))),
            ("Explanation", object("The answer, and what each rule says.", json!({
                "allowed": flag("It may be done."),
                "sentence": text_of("The answer in one sentence."),
                "rule": text_of("The rule that decided; absent where none did."),
                "witness": text_of("What made it match: ``both in class `6a` ``."),
                "code": text_of("Why not."),
                "publicCode": text_of("Why not, as the person is told."),
                "rules": list("RuleSaid"),
                "policy": text_of("The rules' name."),
                "policyVersion": number("Of the rules."),
                "factsVersion": number("Of the facts."),
            }))),
            ("RuleSaid", object("What one rule says.", json!({
                "rule": text_of("Its name."),
                "line": number("In the text."),
                "effect": text_of("`deny`, `allow` or `otherwise`."),
                "matches": flag(""),
                "why": text_of("What made it match, or what is missing."),
            }))),
            ("PolicyDifference", object("What other rules would change, over the facts of now.", json!({
                "reach": list("ReachDifference"),
                "frozen": reference("ConversationExamples"),
                "thawed": reference("ConversationExamples"),
            }))),
            ("ReachDifference", object("Who can do something with whom.", json!({
                "action": text_of("`find`, `start`, `address_group`."),
                "gained": number("Pairs that can then, and can't now."),
                "lost": number("Pairs that can now, and can't then."),
                "gainedExamples": list("PairExample"),
                "lostExamples": list("PairExample"),
            }))),
            ("PairExample", object("By the product's ids.", json!({ "from": text_of(""), "to": text_of("A person, or `group:…`.") }))),
            ("ConversationExamples", object(
                "Direct conversations in which someone can write no longer (`frozen`), or again (`thawed`).",
                json!({ "count": number(""), "examples": list("ConversationExample") }),
            )),
            ("ConversationExample", object("", json!({
                "id": text_of("The server's id."),
                "from": text_of("Whom it concerns, by the product's id."),
                "to": text_of("The other one."),
            }))),
            ("AuditPage", object("Who did what, and what rules refused: the latest first.", json!({
                "entries": list("AuditEntry"),
                "nextCursor": text_of("For the next page; absent after the last."),
            }))),
            ("AuditEntry", object("", json!({
                "at": time(""),
                "actor": text_of("`user:…`, `key:…`, `cli:…`."),
                "action": text_of("A word of the rule language, or a call such as `policy.set`."),
                "target": text_of("`user:…`, `group:…`, `conversation:…`, `policy:…`."),
                "outcome": text_of("`done` or `refused`."),
                "rule": text_of("The rule that said no; empty where no rule allowed it."),
                "detail": { "type": "object", "description": "What else is known." },
            }))),
        ]
        .map(|(name, schema)| (name.to_owned(), schema)),
    )
}

fn object(text: &str, properties: Value) -> Value {
    json!({ "type": "object", "description": text, "properties": properties })
}

fn list(name: &str) -> Value {
    json!({ "type": "array", "items": reference(name) })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn text_of(text: &str) -> Value {
    json!({ "type": "string", "description": text })
}

fn number(text: &str) -> Value {
    json!({ "type": "integer", "minimum": 0, "description": text })
}

fn flag(text: &str) -> Value {
    json!({ "type": "boolean", "description": text })
}

fn time(text: &str) -> Value {
    json!({ "type": "string", "format": "date-time", "description": text })
}
