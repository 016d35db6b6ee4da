//! What requests and answers about rules look like, for OpenAPI: they are not of the wire, and described here.

use causerie_policy::{ACTIONS, PRESETS};
use causerie_protocol::limits;
use serde_json::{Map, Value, json};

use super::Ask;
use crate::{audit, http::schema::described};

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

    /// It is refused without a body.
    #[must_use]
    pub fn needs_body(self) -> bool {
        !matches!(self, Self::Rollback)
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
        let parameters = match self {
            Self::Get => vec![("version", number("Of the rules; without it, those in force."))],
            Self::Audit => vec![
                ("cursor", described(json!({ "type": "string", "format": "uuid" }), "`nextCursor` of the page before.")),
                (
                    "limit",
                    json!({
                        "type": "integer", "minimum": 1, "maximum": limits::PAGE_MAX, "description": "At most so many lines.",
                    }),
                ),
                (
                    "action",
                    json!({ "type": "string", "enum": audit::actions().collect::<Vec<_>>(), "description": "Of this action only." }),
                ),
                (
                    "since",
                    described(
                        json!({ "type": "string", "anyOf": [{ "format": "date-time" }, { "format": "date" }] }),
                        "Not before this day or moment, RFC 3339.",
                    ),
                ),
            ],
            _ => Vec::new(),
        };
        let parameter = |(name, schema)| json!({ "name": name, "in": "query", "allowEmptyValue": true, "schema": schema });
        parameters.into_iter().map(parameter).collect()
    }
}

/// All schemas.
#[must_use]
pub fn schemas() -> Map<String, Value> {
    let rules = json!({
        "preset": { "type": "string", "enum": PRESETS.map(|(name, _)| name), "description": "Rules that come with the server." },
        "text": text_of("Rules of one's own, in the rule language."),
    });
    let choice = json!({
        "dryRun": or_null(flag("Tell what would change, and change nothing.")),
        "acceptUnusedWords": or_null(flag("Although facts use words these rules do not declare: those facts give nothing.")),
    });
    let person = json!({
        "externalId": text_of("A person, by the product's id."),
        "id": described(json!({ "type": "string", "format": "uuid" }), "A person, by the server's id."),
    });
    let mut whom = person.clone();
    whom["group"] = text_of("A group, by the product's id.");
    whom["conversation"] = described(json!({ "type": "string", "format": "uuid" }), "A conversation, by the server's id.");
    let version = json!({
        "version": number("Counts from 1; 0 is the preset `open` of a tenant for which nobody chose."),
        "name": text_of("As the text says."),
        "preset": flag("It is a preset of this server, letter by letter."),
        "createdAt": time("When it was put in force."),
        "createdBy": text_of("Who did: `cli:…`, `key:…`."),
        "createdByName": text_of("The name of that key."),
        "restores": number("The version whose rules a rollback brought back; absent for rules that were new."),
    });
    let mut whole = version.clone();
    whole["text"] = text_of("The rules.");
    Map::from_iter(
        [
            ("Policy", object("Rules that are, or were, in force.", whole)),
            ("PolicyVersion", object("Rules that are, or were, in force, without their text.", version)),
            ("PolicyHistory", object("All rules the tenant had, the latest first.", json!({ "policies": list("PolicyVersion") }))),
            ("PolicyChoice", one_of("Either a preset or a text.", &rules, &choice)),
            ("PolicyCandidate", one_of("Either a preset or a text.", &rules, &json!({}))),
            ("PolicyText", asked(object("", json!({ "text": text_of("Rules, in the rule language.") })), &["text"])),
            ("PolicyRollback", asked(object("", json!({
                "to": or_null(number("The version to go back to; without it, the one before.")),
                "acceptUnusedWords": or_null(flag("Although facts use words these rules do not declare: those facts give nothing.")),
            })), &[])),
            ("PolicyChanged", object("What was done, or would be. `difference` is absent where it could not be told soon after the change.", json!({
                "version": number("Of the rules in force now; absent after a dry run."),
                "changed": flag("They were not in force already."),
                "name": text_of("Of the rules."),
                "unusedWords": list("UnusedWord"),
                "warnings": list("PolicyProblem"),
                "difference": reference("PolicyDifference"),
            }))),
            ("UnusedWord", object("A word that facts use and the rules do not declare.", json!({
                "what": text_of("`role`, `kind`, `relation` or `setting`."),
                "word": text_of(""),
                "facts": count("How many facts use it."),
            }))),
            ("PolicyChecked", object("What a text holds, or what is wrong with it.", json!({
                "valid": flag(""),
                "problems": list("PolicyProblem"),
                "name": text_of(""),
                "rules": count("How many."),
                "neverAllowed": { "type": "array", "items": text_of(""), "description": "Actions no rule allows anybody." },
                "warnings": { "type": "array", "items": reference("PolicyProblem"), "description": "What is legal and probably not meant." },
            }))),
            ("PolicyProblem", object("", json!({ "line": count("Counted from 1."), "message": text_of("") }))),
            ("PolicyQuestion", asked(object("May someone do something?", json!({
                "as": reference("PolicyWho"),
                "to": or_null(reference("PolicyWhom")),
                "action": or_null(json!({ "type": "string", "enum": ACTIONS.map(|(name, _)| name), "description": "Without it, `start`, `address_group` of a group, `send` in a conversation." })),
                "relation": or_null(text_of("Which relation: of `request`, `accept`, `unrelate`, `block`.")),
            })), &["as"])),
            ("PolicyWho", one_of("A person, by exactly one of these.", &person, &json!({}))),
            ("PolicyWhom", one_of("Exactly one of these.", &whom, &json!({}))),
            ("Explanation", object("The answer, and what each rule says.", json!({
                "allowed": flag("It may be done."),
                "sentence": text_of("The answer in one sentence."),
                "rule": text_of("The rule that decided; absent where none did."),
                "witness": text_of("What made it match: ``both in class `6a` ``."),
                "code": text_of("Why not."),
                "publicCode": text_of("Why not, as the person is told."),
                "rules": list("RuleSaid"),
                "policy": text_of("The rules' name."),
                "policyVersion": count("Of the rules."),
                "factsVersion": count("Of the facts."),
            }))),
            ("RuleSaid", object("What one rule says.", json!({
                "rule": text_of("Its name."),
                "line": count("In the text."),
                "effect": text_of("`deny`, `allow` or `otherwise`."),
                "matches": flag(""),
                "why": text_of("What made it match, or what is missing."),
            }))),
            ("PolicyDifference", object("What other rules would change, over the facts of now. Texts for people are in English or French, by `Accept-Language`.", json!({
                "people": count("Active people."),
                "compared": count("So many of them were compared, some of each role; if they are not all, counts are estimates."),
                "actions": list("ActionDifference"),
                "frozen": reference("ConversationExamples"),
                "thawed": reference("ConversationExamples"),
                "hidden": reference("ConversationExamples"),
                "shown": reference("ConversationExamples"),
                "conversationsCompared": count("Direct conversations that were looked at."),
                "conversationsLeftOut": flag("There are more of them than were looked at."),
                "warnings": { "type": "array", "items": text_of(""), "description": "What is odd about the new rules." },
                "report": text_of("All of it in sentences, for a reader who does not know the rule language."),
            }))),
            ("ActionDifference", object("What changes of one action. Nothing does where there are no situations.", json!({
                "action": { "type": "string", "enum": ACTIONS.map(|(name, _)| name) },
                "sense": { "type": "string", "enum": ["see", "write", "change", "end"] },
                "title": text_of("For people."),
                "gaining": count("People who can do it then where they can't now."),
                "losing": count("People who can do it now where they can't then."),
                "situations": list("SituationDifference"),
            }))),
            ("SituationDifference", object("What changes of one action in one situation.", json!({
                "title": text_of("For people."),
                "counts": { "type": "string", "enum": ["pairs", "people"], "description": "What `before`, `gained` and `lost` count." },
                "supposed": flag("It supposes a relation, such as a block, that these people do not have today."),
                "before": count("Those that can now."),
                "gained": count("Those that can then, and can't now."),
                "lost": count("Those that can now, and can't then."),
                "gaining": count("People who gain something."),
                "losing": count("People who lose something."),
                "roles": list("RoleDifference"),
                "gainedExamples": list("PairExample"),
                "lostExamples": list("PairExample"),
            }))),
            ("RoleDifference", object("The same for people of one role; a person with several is counted with each.", json!({
                "role": text_of("Empty for people without any."),
                "kind": text_of("The kind of group; empty for a role in the tenant."),
                "title": text_of("For people."),
                "people": count("How many hold it."),
                "before": count(""),
                "gained": count(""),
                "lost": count(""),
                "gaining": count(""),
                "losing": count(""),
            }))),
            ("PairExample", object("A person who acts, and a person or a group. Where people are counted, both are the same.", json!({
                "from": text_of("A name."),
                "to": text_of("A name."),
                "fromId": text_of("By the product's id."),
                "toId": text_of("By the product's id, `group:…` of a group."),
            }))),
            ("ConversationExamples", object(
                "Direct conversations in which a member can write no longer (`frozen`) or again (`thawed`), or that a member can read no longer (`hidden`) or again (`shown`).",
                json!({ "count": count(""), "examples": list("ConversationExample") }),
            )),
            ("ConversationExample", object("", json!({
                "id": text_of("The server's id."),
                "from": text_of("The name of the member concerned."),
                "to": text_of("The other one's."),
                "fromId": text_of("By the product's id."),
                "toId": text_of("By the product's id."),
            }))),
            ("AuditPage", object("Who did what, and what rules refused: the latest first.", json!({
                "entries": list("AuditEntry"),
                "nextCursor": text_of("For the next page; absent after the last."),
            }))),
            ("AuditEntry", object("", json!({
                "at": time(""),
                "actor": text_of("`user:…`, `key:…`, `cli:…`."),
                "actorName": text_of("The name of that key."),
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

/// What a request may hold and nothing else, with these fields.
fn asked(mut schema: Value, required: &[&str]) -> Value {
    schema["additionalProperties"] = false.into();
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// A request that has exactly one of some properties, and any of the others.
fn one_of(text: &str, choices: &Value, others: &Value) -> Value {
    let choices = choices.as_object().into_iter().flatten();
    let variants: Vec<Value> = choices
        .clone()
        .map(|(chosen, _)| {
            let mut properties = others.clone();
            for (name, schema) in choices.clone() {
                properties[name] = if name == chosen { schema.clone() } else { json!({ "type": "null" }) };
            }
            asked(json!({ "type": "object", "properties": properties }), &[chosen.as_str()])
        })
        .collect();
    json!({ "description": text, "oneOf": variants })
}

/// `null` is a field left out.
fn or_null(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
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
    json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX, "description": text })
}

/// People, or pairs of people: of 100,000 people there are more pairs than 32 bits hold.
fn count(text: &str) -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": 1_u64 << 53, "description": text })
}

fn flag(text: &str) -> Value {
    json!({ "type": "boolean", "description": text })
}

fn time(text: &str) -> Value {
    json!({ "type": "string", "format": "date-time", "description": text })
}
