//! The documentation page of the API: one HTML page without scripts, generated from the same data as `/v1/openapi.json`.

use std::{fmt::Write as _, sync::LazyLock};

use axum::response::{Html, IntoResponse, Response};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use causerie_protocol::ErrorCode;
use http::{HeaderValue, header};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{
    assets,
    commands::descriptors::WIRE,
    openapi::{self, DESCRIPTION},
    operation::Operation,
};

const STYLE: &str = include_str!("docs.css");

static PAGE: LazyLock<String> = LazyLock::new(page);

/// The Content Security Policy of the page. It allows only the style sheet in the page, by its hash.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("base64 fits a header")
});

/// Serves the page.
pub async fn serve() -> Response {
    let mut response = Html(PAGE.as_str()).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    assets::protect(response.headers_mut());
    response
}

fn page() -> String {
    let document = &DESCRIPTION.document;
    let info = &document["info"];
    let mut page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>Causerie API</title><style>{STYLE}</style><h1>Causerie API</h1><p>{}</p><p>{}</p>\
         <p>Machine-readable: <a href=\"openapi.json\">OpenAPI 3.1</a>.</p>",
        prose(&info["summary"]),
        prose(&info["description"]),
    );
    let mut bounds = Table::new(["Limit", ""]);
    openapi::BOUNDS.iter().for_each(|(name, max)| bounds.row([name, &max.to_string()]));
    page += &bounds.end();

    page += "<h2>Operations</h2>";
    DESCRIPTION.operations.iter().for_each(|described| page += &operation(described));
    page += "<h2>Errors</h2>";
    page += &errors();
    page += "<h2>Messages</h2>";
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        page += &message(name, schema);
    }
    page
}

/// The section about an operation.
fn operation(operation: &Operation) -> String {
    let description = &operation.description;
    let mut text = format!(
        "<h3 id=\"{}\"><code>{} {}</code></h3><p>{} {}</p>",
        operation.id,
        operation.method,
        escaped(operation.path),
        prose(&description["summary"]),
        prose(&description["description"]),
    );
    let mut parameters = Table::new(["Parameter", "In", "Type", ""]);
    for parameter in
        description["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter.get("name").is_some())
    {
        let schema = &parameter["schema"];
        let name = code(&parameter["name"]);
        parameters.row([&name, &prose(&parameter["in"]), &kind(schema), &prose(&schema["description"])]);
    }
    text += &parameters.end();
    if let Some(body) = content(&description["requestBody"]) {
        let _ = write!(text, "<p>Body: {body}.</p>");
    }
    text + &match content(&description["responses"]["200"]) {
        None => "<p>Answer: none (204).</p>".to_owned(),
        Some(answer) => format!("<p>Answer: {answer}.</p>"),
    }
}

/// The type of a body as HTML, with the media type if it is not JSON. `None` if there is no body.
fn content(body: &Value) -> Option<String> {
    let (media_type, content) = body["content"].as_object()?.iter().next()?;
    let kind = kind(&content["schema"]);
    Some(if media_type == "application/json" { kind } else { format!("{kind}, one per line (<code>{media_type}</code>)") })
}

/// The table of error codes. Links in problems ([`super::error`]) point to its rows.
fn errors() -> String {
    let mut table = Table::new(["Name", "Code", "Status", "Temporary", ""]);
    for (name, comment) in WIRE.enums["ErrorCode"].values.iter().skip(1) {
        let Some(error) = ErrorCode::from_str_name(name) else { continue };
        let temporary = if error.temporary() { "yes" } else { "" };
        table.row([
            &format!("<code id=\"{0}\">{0}</code>", error.name()),
            &(error as u32).to_string(),
            &error.http_status().to_string(),
            temporary,
            &prose(&comment.as_str().into()),
        ]);
    }
    table.end()
}

/// The section about a message.
fn message(name: &str, schema: &Value) -> String {
    let mut fields = Table::new(["Field", "Type", ""]);
    // A message with several forms is shown with the fields of all forms.
    let forms = schema["oneOf"].as_array().into_iter().flatten().chain([schema]);
    let properties = forms.flat_map(|form| form["properties"].as_object().into_iter().flatten());
    let mut listed: Vec<(&String, &Value)> = Vec::new();
    for (field, schema) in properties.filter(|(_, schema)| schema["type"] != "null") {
        match listed.iter_mut().find(|(name, _)| *name == field) {
            // Another form has the same field. The schema with the description is kept.
            Some((_, known)) if known["maxItems"] == 0 || known.get("description").is_none() => *known = schema,
            Some(_) => {}
            None => listed.push((field, schema)),
        }
    }
    for (field, schema) in listed {
        fields.row([&format!("<code>{}</code>", escaped(field)), &kind(schema), &prose(&schema["description"])]);
    }
    let name = escaped(name);
    format!("<h3 id=\"{name}\"><code>{name}</code></h3><p>{}</p>{}", prose(&schema["description"]), fields.end())
}

/// The type of a schema as HTML, with a link if the type has a name.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return format!("<a href=\"#{0}\">{0}</a>", escaped(name));
    }
    if let Some(either) = schema["anyOf"].as_array().filter(|_| schema.get("type").is_none()) {
        let kinds: Vec<String> = either.iter().filter(|schema| schema["type"] != "null").map(kind).collect();
        return kinds.join(" or ");
    }
    // `null` is not shown, because the introduction of the page says that `null` means an absent field.
    let type_name = schema["type"].as_array().and_then(|kinds| kinds.first()).unwrap_or(&schema["type"]).as_str();
    match (type_name, schema["format"].as_str()) {
        (Some("array"), _) => format!("list of {}", kind(&schema["items"])),
        (_, Some(format)) => escaped(format),
        (None, None) if schema.get("enum").is_some() => "one of several".to_owned(),
        (type_name, None) => escaped(type_name.unwrap_or("any")),
    }
}

fn code(value: &Value) -> String {
    format!("<code>{}</code>", escaped(value.as_str().unwrap_or_default()))
}

/// Converts a text to HTML. Parts in backticks become code.
fn prose(value: &Value) -> String {
    let text = escaped(value.as_str().unwrap_or_default());
    let parts = text.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}

/// Escapes a text for HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// An HTML table. A table without rows becomes an empty text.
struct Table<const N: usize> {
    head: [&'static str; N],
    rows: String,
}

impl<const N: usize> Table<N> {
    fn new(head: [&'static str; N]) -> Self {
        Self { head, rows: String::new() }
    }

    fn row(&mut self, cells: [&str; N]) {
        let _ = write!(self.rows, "<tr><td>{}</td></tr>", cells.join("</td><td>"));
    }

    fn end(self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        format!("<table><thead><tr><th>{}</th></tr></thead>{}</table>", self.head.join("</th><th>"), self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_within_the_page_has_a_target() {
        let page = page();
        let targets: Vec<&str> = page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(targets.len() > 50, "{}", targets.len());
        for target in targets {
            assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
        }
    }

    #[test]
    fn every_error_code_is_explained_at_its_problem_link() {
        let page = page();
        for (name, _) in WIRE.enums["ErrorCode"].values.iter().skip(1) {
            assert!(page.contains(&format!("id=\"{}\"", openapi::error_name(name))), "{name}");
        }
    }

    #[test]
    fn backticks_become_code_and_markup_is_escaped() {
        assert_eq!(prose(&"`a<b` & c".into()), "<code>a&lt;b</code> &amp; c");
    }
}
