//! Pages of imaginary products that embed the chat, and a page with two users side by side.
//!
//! A file in `pages/` has the lines that embed the chat between `<!-- chat -->` and `<!-- /chat -->`; the page also shows
//! these lines as text. The first lines go into the head, the part after `<!-- content -->` into the body. `{{…}}` is
//! replaced by a value, and `[[…|…]]` by its English or French part. To add a page, add it to [`PAGES`].

use axum::{
    extract::{Path, Query, rejection::QueryRejection},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::tenants::{DemoTenant, DemoUser, Localised, TENANTS};
use crate::{
    http::{assets, error::Problem},
    language::Language,
};

const LAYOUT: &str = include_str!("pages/layout.html");
const SIDE_BY_SIDE: &str = include_str!("pages/side-by-side.html");
const STYLE: &str = include_str!("pages/style.css");

/// A page of a product.
struct Page {
    /// The last part of the path.
    name: &'static str,
    /// The slug of the tenant whose users visit the page.
    tenant: &'static str,
    /// The external ids of the user of the page, and of the user beside it.
    users: [&'static str; 2],
    /// The title in English and in French.
    title: [&'static str; 2],
    /// The content of the file.
    text: &'static str,
}

const PAGES: [Page; 5] = [
    Page {
        name: "member",
        tenant: "demo",
        users: ["lea", "tom"],
        title: ["Members’ page of an association", "Page des membres d’une association"],
        text: include_str!("pages/member.html"),
    },
    Page {
        name: "news",
        tenant: "demo-school",
        users: ["lea", "tom"],
        title: ["News page of a school", "Page d’actualités d’un collège"],
        text: include_str!("pages/news.html"),
    },
    Page {
        name: "profile",
        tenant: "demo-community",
        users: ["mia", "pam"],
        title: ["Profiles of a community", "Profils d’une communauté"],
        text: include_str!("pages/profile.html"),
    },
    Page {
        name: "network",
        tenant: "demo-medical",
        users: ["dora", "ada"],
        title: ["Directory of a medical network", "Annuaire d’un réseau médical"],
        text: include_str!("pages/network.html"),
    },
    Page {
        name: "course",
        tenant: "demo-lms",
        users: ["lia", "ivo"],
        title: ["Course page of a learning platform", "Page de cours d’une plateforme"],
        text: include_str!("pages/course.html"),
    },
];

/// The language of a page: the requested language or, without a request, the language that the browser prefers. English if
/// that is neither French nor English.
fn language_of(requested: Option<&str>, headers: &HeaderMap) -> Language {
    requested.map_or_else(|| Language::of_request(headers), |tag| tag.parse().unwrap_or_default())
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct PageQuery {
    #[serde(rename = "as")]
    user: Option<String>,
    tenant: Option<String>,
    left: Option<String>,
    right: Option<String>,
    lang: Option<String>,
}

/// The links to a tenant's pages in the answer of `/demo/people`: paths relative to the server, and titles.
pub(super) fn links(tenant: &str) -> Vec<Value> {
    let pages = PAGES.iter().filter(|page| page.tenant == tenant);
    let link = |path: String, [en, fr]: [&str; 2]| json!({ "path": path, "title": Localised::new(en, fr) });
    pages
        .flat_map(|page| {
            [
                link(format!("demo/pages/{}", page.name), page.title),
                link(format!("demo/side-by-side?tenant={tenant}"), ["Two users side by side", "Deux personnes côte à côte"]),
            ]
        })
        .collect()
}

/// `GET /demo/pages/{name}`: a page of a product, for the user `as`.
pub(super) async fn page(
    Path(name): Path<String>,
    query: Result<Query<PageQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let Some((page, demo)) = find(|page| page.name == name) else { return Problem::no_such_path().into_response() };
    let language = language_of(query.lang.as_deref(), &headers);
    let user = find_user(demo, query.user.as_deref(), page.users[0]);
    let (head, content) = page.text.split_once("<!-- content -->").unwrap_or(("", page.text));
    let lines = embedding_lines(page.text);
    let users = options(demo, user, language);
    // The parts of the page are filled in before the values, because the parts have placeholders of values.
    let parts = [("head", head.to_owned()), ("content", content.to_owned()), ("users", users)];
    let values = escaped(&[
        ("lang", language.tag()),
        ("title", language.choose(page.title)),
        ("tenant", demo.slug.as_str()),
        ("user", user.external_id.as_str()),
        ("name", user.name.as_str()),
    ]);
    let filled = |text: &str| fill(&localized(text, language), &values);
    let lines = escape(&filled(&lines));
    let html = fill(&localized(LAYOUT, language), &parts);
    html_answer(filled(&html).replace("{{lines}}", lines.trim()), &headers)
}

/// `GET /demo/side-by-side`: a page of the tenant's product as the user `left`, and the messenger as the user `right`.
pub(super) async fn side_by_side(query: Result<Query<PageQuery>, QueryRejection>, headers: HeaderMap) -> Response {
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let tenant = query.tenant.as_deref().unwrap_or(PAGES[0].tenant);
    let Some((page, demo)) = find(|page| page.tenant == tenant) else { return Problem::no_such_path().into_response() };
    let language = language_of(query.lang.as_deref(), &headers);
    let left = find_user(demo, query.left.as_deref(), page.users[0]);
    let other = page.users.iter().find(|user| **user != left.external_id).copied().unwrap_or(page.users[1]);
    let right = find_user(demo, query.right.as_deref(), other);
    let values = [
        ("lang", language.tag()),
        ("title", language.choose(page.title)),
        ("tenant", demo.slug.as_str()),
        ("page", page.name),
        ("left", left.external_id.as_str()),
        ("left_name", left.name.as_str()),
        ("right", right.external_id.as_str()),
        ("right_name", right.name.as_str()),
    ];
    let lists = [("left_users", options(demo, left, language)), ("right_users", options(demo, right, language))];
    let html = fill(&localized(SIDE_BY_SIDE, language), &escaped(&values));
    html_answer(fill(&html, &lists), &headers)
}

/// `GET /demo/pages/style.css`.
pub(super) async fn style() -> Response {
    let mut response = STYLE.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    assets::protect(response.headers_mut());
    response
}

/// The first page for which `is_wanted` returns true, with its tenant.
fn find(is_wanted: impl Fn(&Page) -> bool) -> Option<(&'static Page, &'static DemoTenant)> {
    let page = PAGES.iter().find(|page| is_wanted(page))?;
    Some((page, TENANTS.iter().find(|demo| demo.slug == page.tenant)?))
}

/// The user with the requested external id; the user `default` if the id is unknown or missing.
fn find_user<'demo>(demo: &'demo DemoTenant, requested: Option<&str>, default: &str) -> &'demo DemoUser {
    let find = |id: &str| demo.users.iter().find(|user| user.external_id == id);
    requested.and_then(find).or_else(|| find(default)).unwrap_or(&demo.users[0])
}

/// The users of a tenant as options of a list, with one of them selected.
fn options(demo: &DemoTenant, selected: &DemoUser, language: Language) -> String {
    let option = |user: &DemoUser| {
        let mark = if user.external_id == selected.external_id { " selected" } else { "" };
        let about = user.about.in_language(language.tag());
        let text = if about.is_empty() { user.name.clone() } else { format!("{}, {about}", user.name) };
        format!("<option value=\"{}\"{mark}>{}</option>", escape(&user.external_id), escape(&text))
    };
    demo.users.iter().map(option).collect()
}

/// The lines that embed the chat: the text between each `<!-- chat -->` and the next `<!-- /chat -->`, in the order of the
/// page.
fn embedding_lines(text: &str) -> String {
    let parts = text.split("<!-- chat -->").skip(1);
    let lines: Vec<&str> = parts.map(|part| part.split("<!-- /chat -->").next().unwrap_or_default().trim()).collect();
    lines.join("\n\n")
}

/// The text with the English or French part of each `[[…|…]]`.
fn localized(text: &str, language: Language) -> String {
    let mut parts = text.split("[[");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (pair, rest) = part.split_once("]]").unwrap_or((part, ""));
        let (en, fr) = pair.split_once('|').unwrap_or((pair, pair));
        out.push_str(language.choose([en, fr]));
        out.push_str(rest);
    }
    out
}

/// The text with `{{name}}` replaced by the value of each name.
fn fill(text: &str, values: &[(&str, String)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
}

fn escaped<'name>(values: &[(&'name str, &str)]) -> Vec<(&'name str, String)> {
    values.iter().map(|(name, value)| (*name, escape(value))).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A response with the page. It has a strict `Content-Security-Policy`, to show that the chat works in products that set
/// this header.
fn html_answer(html: String, request_headers: &HeaderMap) -> Response {
    let mut response = html.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    let host = request_headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws://{host} wss://{host}; \
         frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; \
         trusted-types lit-html"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    assets::protect(headers);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_has_its_tenant_its_users_and_lines_that_embed_the_chat() {
        for page in &PAGES {
            let demo = TENANTS.iter().find(|demo| demo.slug == page.tenant).expect(page.tenant);
            for id in page.users {
                assert!(demo.users.iter().any(|user| user.external_id == id), "{id} in {}", page.name);
            }
            assert!(embedding_lines(page.text).contains("widget/v1.js"), "{}", page.name);
            for language in [Language::En, Language::Fr] {
                let text = localized(page.text, language);
                assert!(!text.contains("[[") && !text.contains("]]"), "{}", page.name);
            }
        }
        assert_eq!(PAGES.len(), TENANTS.len(), "each tenant has a page");
    }

    #[test]
    fn a_text_has_one_language_and_escaped_values() {
        assert_eq!(localized("<p>[[Hello|Bonjour]] {{name}}</p>", Language::Fr), "<p>Bonjour {{name}}</p>");
        assert_eq!(localized("a [[b|c]] d [[e|f]]", Language::En), "a b d e");
        assert_eq!(
            fill("{{a}} {{b}} {{a}}", &escaped(&[("a", "<\"&>"), ("b", "x")])),
            "&lt;&quot;&amp;&gt; x &lt;&quot;&amp;&gt;"
        );
        let lines = "x <!-- chat -->\n one\n<!-- /chat --> y <!-- chat -->two<!-- /chat --> z";
        assert_eq!(embedding_lines(lines), "one\n\ntwo");
    }
}
