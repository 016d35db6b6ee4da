//! The pages of the demo that embed the chat as a page of a product does.

use super::{Caller, assert_problem};
use crate::harness::{Cluster, http::Request};

#[tokio::test]
async fn each_demo_tenant_has_a_page_that_embeds_the_chat_under_a_strict_policy() {
    let cluster = Cluster::embedded_with(|settings| settings.set("demo.enabled", true)).await;
    let node = cluster.nodes[0].public();
    let tenants = Request::get("/demo/people").send(node).await.ok()["tenants"].clone();
    for tenant in tenants.as_array().expect("tenants") {
        let pages = tenant["pages"].as_array().expect("pages");
        assert_eq!(pages.len(), 2, "{tenant}");
        for page in pages {
            let path = format!("/{}", page["path"].as_str().expect("a path"));
            for lang in ["en", "fr"] {
                let sign = if path.contains('?') { '&' } else { '?' };
                let answer = Request::get(format!("{path}{sign}lang={lang}")).send(node).await;
                assert_eq!(
                    (answer.status, answer.header("content-type")),
                    (200, Some("text/html; charset=utf-8")),
                    "{path}"
                );
                let policy = answer.header("content-security-policy").expect("a policy");
                assert!(policy.contains("require-trusted-types-for 'script'") && !policy.contains("unsafe"), "{policy}");
                let text = answer.text();
                assert!(text.contains(&format!("<html lang=\"{lang}\">")), "{path}");
                for left in ["{{", "}}", "[[", "]]", "<style", " style=", "<script>"] {
                    assert!(!text.contains(left), "{left} in {path}");
                }
            }
        }
    }
    assert_eq!(
        Request::get("/demo/pages/style.css").send(node).await.header("content-type"),
        Some("text/css; charset=utf-8")
    );
    assert_problem(&Request::get("/demo/pages/nothing").send(node).await, 404, "unknown_command", "");
    assert_problem(&Request::get("/demo/side-by-side?tenant=acme").send(node).await, 404, "unknown_command", "");
}

#[tokio::test]
async fn a_page_of_the_demo_names_its_user_and_gets_a_token_by_get() {
    let cluster = Cluster::embedded_with(|settings| settings.set("demo.enabled", true)).await;
    let node = cluster.nodes[0].public();
    let answer = Request::get("/demo/pages/course?as=leo&lang=en").send(node).await;
    let page = answer.text();
    assert!(page.contains("data-token-url=\"../token?tenant=demo-lms&amp;as=leo\""), "{page}");
    // The source text that the page shows to its reader equals the lines of the page itself.
    assert!(page.contains("&lt;script async src=&quot;../../widget/v1.js&quot;"), "{page}");
    let answer = Request::get("/demo/pages/course?as=%3Cscript%3E&lang=%22").send(node).await;
    let unknown = answer.text();
    assert!(unknown.contains("as=lia\"") && !unknown.contains("<script>"), "{unknown}");

    let credential = Request::get("/demo/token?tenant=demo-lms&as=leo").send(node).await.ok()["token"].clone();
    let caller = Caller { cluster: &cluster, credential: credential.as_str().expect("a token").to_owned() };
    assert_eq!(caller.get("/v1/me").await.ok()["name"], "Léo Faure");
    assert_problem(&Request::get("/demo/token?as=nobody").send(node).await, 400, "invalid", "externalId");
    let strange = Request::get("/demo/token?as=lea").header("origin", "https://evil.example").send(node).await;
    assert_problem(&strange, 403, "forbidden", "");
}
