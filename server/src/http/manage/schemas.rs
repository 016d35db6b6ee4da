//! The schemas of the OpenAPI document: schemas of the messages of `proto/`, and schemas of the types of endpoints.

use schemars::{
    JsonSchema, Schema, SchemaGenerator,
    generate::SchemaSettings,
    transform::{Transform, transform_subschemas},
};
use serde_json::{Map, Value, json};

use crate::http::{
    commands::descriptors::Kind,
    commands::schema::{answer, reference},
};

/// The schema components of the OpenAPI document. Each operation adds the schemas that it needs.
#[derive(Debug)]
pub struct Schemas {
    /// The schemas of messages of `proto/`.
    pub(in crate::http) wire: Map<String, Value>,
    requests: SchemaGenerator,
    answers: SchemaGenerator,
}

impl Default for Schemas {
    fn default() -> Self {
        Self { wire: Map::new(), requests: generator(false), answers: generator(true) }
    }
}

impl Schemas {
    /// Adds the schema of a request, and returns a reference to it.
    pub fn request<T: JsonSchema>(&mut self) -> Value {
        self.requests.subschema_for::<T>().into()
    }

    /// Adds the schema of an answer, and returns a reference to it.
    pub fn answer<T: JsonSchema>(&mut self) -> Value {
        self.answers.subschema_for::<T>().into()
    }

    /// Adds the schema of a message of `proto/` in an answer, and returns a reference to it.
    pub fn message(&mut self, name: &str) -> Value {
        answer::add(&Kind::Message(name.to_owned()), &mut self.wire);
        reference(name)
    }

    /// The schema of a request, with all schemas that it refers to in it.
    #[must_use]
    pub fn inline_request<T: JsonSchema>() -> Schema {
        let mut settings = settings();
        settings.inline_subschemas = true;
        let mut schema = settings.into_generator().into_root_schema_for::<T>();
        Request.transform(&mut schema);
        schema
    }

    /// All schemas by name.
    #[must_use]
    pub fn all(mut self) -> Map<String, Value> {
        let mut all = self.wire;
        for (name, schema) in self.requests.take_definitions(false) {
            let mut schema = Schema::try_from(schema).unwrap_or_default();
            Request.transform(&mut schema);
            all.insert(name, schema.into());
        }
        for (name, schema) in self.answers.take_definitions(false) {
            let mut schema = Schema::try_from(schema).unwrap_or_default();
            Answer.transform(&mut schema);
            all.insert(name, schema.into());
        }
        all
    }
}

fn settings() -> SchemaSettings {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    settings
}

fn generator(is_for_answers: bool) -> SchemaGenerator {
    let settings = settings();
    if is_for_answers { settings.for_serialize() } else { settings.for_deserialize() }.into_generator()
}

/// Makes the changes that schemas of requests and answers share: a description becomes one line, a default is removed, and
/// the format of a number becomes a bound.
fn normalize(schema: &mut Schema) {
    let Some(fields) = schema.as_object_mut() else { return };
    if let Some(Value::String(text)) = fields.get_mut("description") {
        *text = text.replace('\n', " ");
    }
    fields.remove("default");
    if fields.get("format").and_then(Value::as_str).is_some_and(|format| format.contains("int")) {
        let max = if fields["format"] == "uint32" { u64::from(u32::MAX) } else { 1 << 53 };
        fields.remove("format");
        fields.entry("maximum").or_insert_with(|| max.into());
    }
}

/// Changes the schemas of requests. `null` stays allowed, because it means an absent field.
#[derive(Clone)]
struct Request;

impl Transform for Request {
    fn transform(&mut self, schema: &mut Schema) {
        normalize(schema);
        // `decode::body` refuses U+0000 in every text.
        if let Some(fields) = schema.as_object_mut() {
            add_pattern(fields, r"^[^\u0000]*$");
        }
        transform_subschemas(self, schema);
    }
}

/// Changes the schemas of answers. Answers omit a field instead of sending `null`, so a field that can be `null` becomes
/// optional.
#[derive(Clone)]
struct Answer;

impl Transform for Answer {
    fn transform(&mut self, schema: &mut Schema) {
        normalize(schema);
        let Some(fields) = schema.as_object_mut() else { return };
        let mut optional = Vec::new();
        for (name, property) in fields.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            if remove_null(property) {
                optional.push(name.clone());
            }
        }
        if let Some(Value::Array(required)) = fields.get_mut("required") {
            required.retain(|name| !optional.iter().any(|optional| name == optional));
            if required.is_empty() {
                fields.remove("required");
            }
        }
        transform_subschemas(self, schema);
    }
}

/// Removes `null` from the values of a property. Returns whether it was allowed.
fn remove_null(property: &mut Value) -> bool {
    let Some(fields) = property.as_object_mut() else { return false };
    if let Some(Value::Array(types)) = fields.get_mut("type") {
        let before = types.len();
        types.retain(|name| name != "null");
        let was_nullable = types.len() < before;
        if let [only] = &types[..] {
            let only = only.clone();
            fields.insert("type".to_owned(), only);
        }
        if let Some(Value::Array(values)) = fields.get_mut("enum") {
            values.retain(|value| !value.is_null());
        }
        return was_nullable;
    }
    let Some(Value::Array(forms)) = fields.get_mut("anyOf") else { return false };
    let before = forms.len();
    forms.retain(|form| form["type"] != "null");
    let was_nullable = forms.len() < before;
    if let [Value::Object(only)] = &forms[..] {
        let only = only.clone();
        fields.remove("anyOf");
        fields.extend(only);
    }
    was_nullable
}

/// For `transform`: changes the schema of an object so that it must have exactly one of these fields.
pub fn exactly_one(schema: &mut Schema, choices: &[&str]) {
    let Some(fields) = schema.as_object_mut() else { return };
    let properties = fields.remove("properties").unwrap_or_default();
    let description = fields.remove("description");
    let variants: Vec<Value> = choices
        .iter()
        .map(|chosen| {
            let mut properties = properties.clone();
            for name in choices {
                if name == chosen {
                    remove_null(&mut properties[*name]);
                } else {
                    properties[*name] = json!({ "type": "null" });
                }
            }
            json!({ "type": "object", "properties": properties, "additionalProperties": false, "required": [chosen] })
        })
        .collect();
    fields.clear();
    fields.insert("oneOf".to_owned(), variants.into());
    fields.extend(description.map(|text| ("description".to_owned(), text)));
}

/// Changes the schema of a query parameter so that it forbids control characters, which [`super::decode::query`] refuses.
pub fn without_control_characters(schema: &mut Value) {
    let Some(fields) = schema.as_object_mut() else { return };
    if fields.get("pattern").is_some_and(|pattern| pattern == r"^[^\u0000]*$") {
        fields.remove("pattern");
    }
    add_pattern(fields, r"^[^\u0000-\u001f\u007f-\u009f]*$");
}

/// Adds a pattern to the schema of a text, unless the schema has another bound of the text.
fn add_pattern(fields: &mut Map<String, Value>, pattern: &str) {
    let is_text = match fields.get("type") {
        Some(Value::String(name)) => name == "string",
        Some(Value::Array(types)) => types.iter().any(|name| name == "string"),
        _ => false,
    };
    let is_bound = ["pattern", "enum", "const", "format", "anyOf"].iter().any(|keyword| fields.contains_key(*keyword));
    if is_text && !is_bound {
        fields.insert("pattern".to_owned(), pattern.into());
    }
}

/// Adds the fields of `keywords` to a schema, except `type`.
pub fn extend(schema: &mut Schema, keywords: Value) {
    if let (Some(fields), Value::Object(keywords)) = (schema.as_object_mut(), keywords) {
        let keywords = keywords.into_iter().filter(|(name, _)| name != "type");
        fields.extend(keywords.collect::<Vec<_>>());
    }
}
