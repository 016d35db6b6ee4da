//! Converts an HTTP request into the command that a client would send on a socket, and the reply into the HTTP response.

use axum::extract::Query;
use causerie_protocol::{
    Encoding, ErrorCode, Refusal,
    command::Command,
    wire::{self, reply},
};
use http::Uri;
use serde_json::{Map, Value};

use super::{
    descriptors::{Field, Kind, Message, WIRE},
    routes::Route,
};

/// A command that has a route.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint {
    route: &'static Route,
    /// See [`Self::key`].
    key: &'static str,
    /// The message of the command in `proto/`.
    message: &'static Message,
}

impl Endpoint {
    /// The command of this route.
    #[must_use]
    pub fn new(route: &'static Route) -> Self {
        Self { route, key: WIRE.command_key(route.command), message: WIRE.message(route.command) }
    }

    /// Whether the fields of the command are in the body.
    #[must_use]
    pub fn has_body(&self) -> bool {
        self.route.has_body()
    }

    /// The JSON name of the field of `Request` that contains the command, for example `sendMessage`.
    #[must_use]
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// Collects the fields of the command: `fields` of the body, or the query parameters, and the fields of the path. A
    /// field of the path overrides the same field of the body or query.
    ///
    /// # Errors
    /// `invalid` if a field or parameter is unknown.
    pub fn fields<'a>(
        &self,
        mut fields: Map<String, Value>,
        uri: &Uri,
        path: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Map<String, Value>, Refusal> {
        self.message.refuse_unknown(&fields, self.key)?;
        if !self.has_body() {
            self.fill_from_query(&mut fields, uri)?;
        }
        for (name, value) in path {
            if let Some(field) = self.message.fields.iter().find(|field| field.name == name) {
                fields.insert(field.json_name.clone(), value.into());
            }
        }
        Ok(fields)
    }

    /// Decodes the command from its fields.
    ///
    /// # Errors
    /// The same refusal as on a socket, with the same field.
    pub fn command(&self, fields: Map<String, Value>) -> Result<Command, Refusal> {
        let request = Value::Object(Map::from_iter([(self.key.to_owned(), Value::Object(fields))]));
        let request = Encoding::Json.decode::<wire::Request>(request.to_string().as_bytes())?;
        let unknown = || {
            Refusal::new(
                ErrorCode::UnknownCommand,
                "the request has no command that this server knows; protocol/README.md lists them",
            )
        };
        Command::try_from(request.command.ok_or_else(unknown)?)
    }

    /// Sets fields from the query parameters. An empty parameter counts as absent. Numbers stay texts, because protobuf's
    /// JSON mapping accepts numbers as texts.
    fn fill_from_query(&self, fields: &mut Map<String, Value>, uri: &Uri) -> Result<(), Refusal> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|error| Refusal::new(ErrorCode::Malformed, error.body_text()))?;
        if let Some((unknown, _)) =
            pairs.iter().find(|(name, _)| !self.message.fields.iter().any(|field| self.sets_field(name, field)))
        {
            let parameters = self.message.fields.iter().map(|field| self.route.parameter(&field.name));
            let is_in_path = |parameter: &&str| self.route.path.contains(&format!("{{{parameter}}}"));
            let known = parameters.filter(|parameter| !is_in_path(parameter)).collect::<Vec<_>>().join(", ");
            let reason = format!("`{unknown}` is no parameter here; there are: {known}");
            return Err(Refusal::new(ErrorCode::Invalid, reason).field(unknown.as_str()));
        }
        for field in &self.message.fields {
            let values = pairs.iter().filter(|(name, value)| self.sets_field(name, field) && !value.is_empty());
            let mut values: Vec<Value> = values.map(|(_, value)| value.as_str().into()).collect();
            if field.repeated {
                fields.insert(field.json_name.clone(), values.into());
            } else if let Some(last) = values.pop() {
                let flag = last.as_str().filter(|_| field.kind == Kind::Flag).and_then(|text| text.parse::<bool>().ok());
                fields.insert(field.json_name.clone(), flag.map_or(last, Value::Bool));
            }
        }
        Ok(())
    }

    /// Whether a query parameter with this name sets the field. A parameter may have the name in the table of routes, or the
    /// field's name in JSON or in `proto/`.
    fn sets_field(&self, parameter: &str, field: &Field) -> bool {
        [self.route.parameter(&field.name), &field.json_name, &field.name].contains(&parameter)
    }
}

/// The HTTP body of a reply: the message inside the reply, as JSON.
#[must_use]
pub fn answer(result: reply::Result) -> Vec<u8> {
    // `{"messageSent":{…}}`: without an id, a reply is an object of one field, whose value is the message.
    let reply = Encoding::Json.encode(&wire::Reply { id: 0, result: Some(result) });
    let colon = reply.iter().position(|byte| *byte == b':').expect("a reply has a result");
    reply[colon + 1..reply.len() - 1].to_vec()
}

#[cfg(test)]
mod tests {
    use causerie_protocol::{
        ConversationId, UserId,
        command::{HistoryRange, ReadCommand, WriteCommand},
    };
    use serde_json::json;

    use super::*;
    use crate::http::commands::routes::ROUTES;

    fn endpoint(command: &'static str) -> Endpoint {
        let route = ROUTES.iter().find(|route| route.command == command).expect("a route");
        Endpoint::new(route)
    }

    fn decode<'a>(
        name: &'static str,
        fields: Map<String, Value>,
        uri: &Uri,
        path: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Command, Refusal> {
        let endpoint = endpoint(name);
        endpoint.command(endpoint.fields(fields, uri, path)?)
    }

    #[test]
    fn path_and_query_become_fields() {
        let conversation = ConversationId::new();
        let uri = Uri::from_static("/ignored?after_seq=7&limit=");
        let command = decode("GetHistory", Map::new(), &uri, [("conversation_id", &*conversation.to_string())]);
        let expected = Command::Read(ReadCommand::GetHistory { conversation, range: HistoryRange::After(7), limit: 50 });
        assert_eq!(command.as_ref(), Ok(&expected));
        for query in ["afterSeq=7", "afterSeq=7.0", "after_seq=70e-1", "afterSeq=6&after_seq=7"] {
            let uri: Uri = format!("/ignored?{query}").parse().expect("a uri");
            let command = decode("GetHistory", Map::new(), &uri, [("conversation_id", &*conversation.to_string())]);
            assert_eq!(command.as_ref(), Ok(&expected), "{query}");
        }
    }

    #[test]
    fn repeated_parameters_become_lists_in_order() {
        let (first, second) = (UserId::new(), UserId::new());
        for (first_name, second_name) in [("id", "id"), ("userIds", "userIds"), ("user_ids", "id")] {
            let uri: Uri = format!("/v1/users?{first_name}={first}&{second_name}={second}").parse().expect("a uri");
            let command = decode("GetUsers", Map::new(), &uri, []);
            assert_eq!(command, Ok(Command::Read(ReadCommand::GetUsers { users: vec![first, second] })));
        }
    }

    #[test]
    fn an_error_about_a_wrong_type_names_only_the_field() {
        let fields = Map::from_iter([("text".to_owned(), Value::from(7))]);
        let refusal = decode("SendMessage", fields, &Uri::default(), []).expect_err("a number is no text");
        assert_eq!(refusal.code, ErrorCode::Malformed);
        assert_eq!(refusal.field, "sendMessage.text");
        assert!(!refusal.message.contains("line"), "{}", refusal.message);
    }

    #[test]
    fn an_unknown_field_is_refused_at_any_depth() {
        let refused = |fields: Value| {
            let fields = fields.as_object().expect("an object").clone();
            decode("StartConversation", fields, &Uri::default(), []).expect_err("refused").field
        };
        assert_eq!(refused(json!({ "record": "7" })), "startConversation.record");
        let with = json!({ "with": [{ "externalId": "tom" }, { "externalId": "noa", "role": "owner" }] });
        assert_eq!(refused(with), "startConversation.with[1].role");
        assert_eq!(refused(json!({ "first_message": { "mood": 1 } })), "startConversation.first_message.mood");
    }

    #[test]
    fn a_flag_in_a_query_is_true_or_false() {
        let conversation = ConversationId::new();
        let delete = |query: &str| {
            let uri: Uri = format!("/ignored?for_all={query}").parse().expect("a uri");
            decode("DeleteConversation", Map::new(), &uri, [("conversation_id", &*conversation.to_string())])
        };
        let deletion = |for_all| Command::Write(WriteCommand::DeleteConversation { conversation, for_all });
        assert_eq!(delete("true"), Ok(deletion(true)));
        assert_eq!(delete("false"), Ok(deletion(false)));
        assert_eq!(delete("perhaps").expect_err("neither").field, "deleteConversation.forAll");
    }

    #[test]
    fn the_body_of_an_answer_is_the_message_inside_the_reply() {
        assert_eq!(answer(reply::Result::TypingSet(wire::TypingSet {})), b"{}");
        let marked = wire::Marked { read_state: Some(wire::ReadState { unread: 2, ..Default::default() }) };
        assert_eq!(answer(reply::Result::Marked(marked)), br#"{"readState":{"unread":2}}"#);
    }
}
