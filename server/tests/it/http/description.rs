//! The OpenAPI description and the page made from it.

use std::collections::BTreeSet;

use causerie_protocol::limits;
use causerie_server::http::openapi::DESCRIPTION;
use serde_json::{Value, json};

use crate::harness::{Cluster, http::Request};

#[tokio::test]
async fn the_description_has_every_route_and_all_its_references_resolve() {
    let cluster = Cluster::embedded().await;
    let response = Request::get("/v1/openapi.json").send(cluster.nodes[0].public()).await;
    assert_eq!(response.header("content-type"), Some("application/json"));
    let document = response.ok();
    assert_eq!(document["openapi"], "3.1.0");

    let mut ids = BTreeSet::new();
    for route in &DESCRIPTION.operations {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{} {} is missing", route.method, route.path));
        assert!(ids.insert(id), "{id} comes twice");
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.contains_key("default") && responses.len() == 2, "{id}");
        // Exactly the parameters in braces are path parameters.
        let in_path = operation["parameters"].as_array().expect("parameters").iter();
        let in_path: Vec<&str> = in_path.filter(|one| one["in"] == "path").filter_map(|one| one["name"].as_str()).collect();
        assert_eq!(in_path, route.path_fields().collect::<Vec<_>>(), "{id}");
        // An operation has a body or a query, never both, and only some methods have a body.
        let has_body = !["GET", "DELETE"].contains(&route.method.as_str());
        assert!(has_body || operation.get("requestBody").is_none(), "{id}");
    }
    let operations = document["paths"].as_object().into_iter().flatten();
    let operations: usize = operations.filter_map(|(_, path)| path.as_object()).map(serde_json::Map::len).sum();
    assert_eq!(operations, DESCRIPTION.operations.len());

    let mut references = BTreeSet::new();
    collect_references(&document, &mut references);
    assert!(references.len() > 20, "{references:?}");
    for reference in &references {
        let pointer = reference.strip_prefix('#').expect("references stay within");
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        let one_of = schema["oneOf"].as_array();
        let forms = one_of.map_or_else(|| vec![schema], |forms| forms.iter().collect());
        assert!(forms.iter().all(|form| matches!(form["type"].as_str(), Some("object" | "string"))), "{name}: {schema}");
        let used = references.contains(format!("#/components/schemas/{name}").as_str());
        assert!(used, "nothing mentions {name}");
    }
}

fn collect_references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|one| collect_references(one, found));
        }
        Value::Array(items) => items.iter().for_each(|one| collect_references(one, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_description_of_json_matches_the_encoding() {
    let cluster = Cluster::embedded().await;
    let document = Request::get("/v1/openapi.json").send(cluster.nodes[0].public()).await.ok();
    let schemas = &document["components"]["schemas"];
    let message = &schemas["Message"]["properties"];
    assert_eq!(message["sentAt"]["format"], "date-time");
    assert_eq!(message["seq"]["type"], "integer");
    assert_eq!(message["seq"]["description"], "The position in the conversation. Messages are ordered only by it.");
    assert_eq!(schemas["ConversationKind"]["enum"][1], "CONVERSATION_KIND_DIRECT");
    assert_eq!(schemas["UserRef"]["oneOf"][1]["required"][0], "externalId");
    let body = schemas["SendMessage"]["properties"].as_object().expect("properties");
    assert_eq!(body.keys().collect::<Vec<_>>(), ["clientId", "text"], "the conversation stands in the path");
    let names = schemas["Problem"]["properties"]["name"]["enum"].as_array().expect("names");
    assert!(names.iter().any(|name| name == "not_a_member"));
}

#[tokio::test]
async fn bounds_credentials_and_servers_are_described() {
    let cluster = Cluster::embedded().await;
    let document = Request::get("/v1/openapi.json").send(cluster.nodes[0].public()).await.ok();
    assert_eq!(document["servers"][0]["url"], "/");
    assert_eq!(document["security"], json!([{ "user": [] }, { "backend": [], "actsFor": [] }]));
    assert_eq!(document["components"]["securitySchemes"]["actsFor"]["name"], "Causerie-User");
    assert_eq!(document["paths"]["/v1/policy"]["get"]["security"], json!([{ "backend": [] }]));

    let send = &document["components"]["schemas"]["SendMessage"];
    assert_eq!(send["required"], json!(["clientId", "text"]));
    assert_eq!(send["additionalProperties"], false);
    assert_eq!(send["properties"]["clientId"]["format"], "uuid");
    assert_eq!(send["properties"]["text"]["maxLength"], limits::TEXT_BYTES_MAX);
    let messages = &document["paths"]["/v1/conversations/{conversation_id}/messages"];
    assert_eq!(messages["post"]["requestBody"]["required"], true);
    let read = &document["paths"]["/v1/conversations/{conversation_id}/read"]["put"];
    assert_eq!(read["requestBody"]["required"], false, "without a body nothing is read further");
    let limit = messages["get"]["parameters"].as_array().expect("parameters").iter().find(|one| one["name"] == "limit");
    assert_eq!(limit.expect("is listed")["schema"]["maximum"], limits::PAGE_MAX);
}

#[tokio::test]
async fn the_description_page_works_without_scripts() {
    let cluster = Cluster::embedded().await;
    let page = Request::get("/v1/docs").send(cluster.nodes[0].public()).await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("script-src"), "{policy}");
    assert!(!page.text().contains("<script"));
    for route in &DESCRIPTION.operations {
        let heading = format!("<code>{} {}</code>", route.method, route.path);
        assert!(page.text().contains(&heading), "{heading}");
    }
}
