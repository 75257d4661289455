//! Newer models and prices than those that are built in.

use serde_json::{Value, json};

use crate::desk::Desk;

const UPDATE: &str = "/api/v1/catalog/update";

fn jina(models: &Value) -> Value {
    json!({ "source": "our deal", "providers": { "jina": models } })
}

fn priced(id: &str, input: &str) -> Value {
    json!({ "id": id, "prices": [{ "rates": { "input": input } }] })
}

/// What the catalogue lists of the provider, with prices.
async fn listed(desk: &Desk) -> Value {
    let models = desk.get("/api/v1/catalog/models?provider=jina").await;
    let models = models.expect(200)["items"].clone();
    let one = |model: &Value| json!([model["id"], model["price"]["rates"]["input"]]);
    models.as_array().unwrap().iter().map(one).collect()
}

#[tokio::test]
async fn an_update_is_in_force_at_once_and_stands_in_the_history() {
    let desk = Desk::furnished().await;
    let before = desk.revision().await;
    let models = json!([priced("a", "1.00"), priced("b", "2.00")]);
    let dry = desk
        .put(&format!("{UPDATE}?dry_run=true"), jina(&models))
        .await
        .expect(200);
    assert_eq!(
        (&dry["changed"], &dry["revision"]),
        (&json!(false), &json!(before))
    );
    assert_eq!(dry["differences"].as_array().unwrap().len(), 2);
    assert_eq!(listed(&desk).await, json!([]));
    let made = desk
        .put(&format!("{UPDATE}?origin=prices.json"), jina(&models))
        .await
        .expect(200);
    assert_eq!(
        (&made["changed"], &made["revision"]),
        (&json!(true), &json!(before + 1))
    );
    assert_eq!(listed(&desk).await, json!([["a", "1.00"], ["b", "2.00"]]));
    let source = desk.get(UPDATE).await.expect(200);
    assert!(
        source["builtin"]
            .as_str()
            .unwrap()
            .starts_with("genai-prices")
    );
    insta::assert_snapshot!(source["update"], @r#"{"actor":"operator","at":"2026-11-24T06:00:00Z","models":2,"origin":"prices.json","revision":3,"source":"our deal"}"#);
    let again = desk.put(UPDATE, jina(&models)).await.expect(200);
    assert_eq!(
        (&again["changed"], &again["differences"]),
        (&json!(false), &json!([]))
    );
    let history = desk.get("/api/v1/history?kind=Catalogue").await.expect(200);
    let [only] = &history["items"].as_array().unwrap()[..] else {
        panic!("{history}");
    };
    assert_eq!(
        (&only["kind"], &only["name"], &only["action"]),
        (&json!("Catalogue"), &json!("catalogue"), &json!("created"))
    );
    assert_eq!(only["after"]["source"], "our deal");
}

#[tokio::test]
async fn what_was_there_before_comes_back_by_reset_and_by_restoring_a_revision() {
    let desk = Desk::new().await;
    let one = desk
        .put(UPDATE, jina(&json!([priced("a", "1.00")])))
        .await
        .expect(200);
    let two = desk
        .put(
            UPDATE,
            jina(&json!([priced("a", "1.50"), priced("c", "1.00")])),
        )
        .await
        .expect(200);
    insta::assert_snapshot!(two["differences"], @r#"[{"change":"changed","model":"a","provider":"jina","rates":[{"after":"1.50","before":"1.00","class":"input"}]},{"change":"new","model":"c","provider":"jina","rates":[{"after":"1.00","class":"input"}]}]"#);
    let path = format!("/api/v1/history/{}/restore", one["revision"]);
    let restored = desk.post(&path, json!({})).await.expect(200);
    assert_eq!(restored["revision"], json!(3));
    assert_eq!(listed(&desk).await, json!([["a", "1.00"]]));
    assert_eq!(
        desk.get(UPDATE).await.expect(200)["update"]["revision"],
        one["revision"]
    );
    let reset = desk.delete(UPDATE).await.expect(200);
    assert_eq!(reset["differences"][0]["change"], "gone");
    assert_eq!(listed(&desk).await, json!([]));
    assert_eq!(desk.get(UPDATE).await.expect(200).get("update"), None);
    assert_eq!(
        desk.delete(UPDATE).await.expect(200)["changed"],
        json!(false)
    );
}

#[tokio::test]
async fn an_update_with_faults_changes_nothing_and_every_fault_is_told() {
    let desk = Desk::new().await;
    let wrong = json!({ "source": "s", "providers": {
        "jina": [priced("a", "1.00"), { "id": "b", "prices": [{ "rates": { "inptu": "1" } }] }],
        "opnai": [priced("c", "1.00")],
    } });
    let answer = desk.put(UPDATE, wrong).await;
    assert!(
        answer
            .problem(422)
            .starts_with("invalid: The catalogue stays as it is")
    );
    let told = answer.json()["errors"].to_string();
    assert!(told.contains("providers.jina[1].prices[0].rates"), "{told}");
    assert!(told.contains("did you mean `input`?"), "{told}");
    assert_eq!((desk.revision().await, listed(&desk).await), (0, json!([])));
    for text in ["[]", "{}", "7", "[{\"id\":7}]"] {
        let body: Value = serde_json::from_str(text).unwrap();
        desk.put(UPDATE, body).await.problem(422);
    }
}

#[tokio::test]
async fn models_are_listed_with_what_they_can_do_and_by_it() {
    let desk = Desk::new().await;
    let models = desk
        .get("/api/v1/catalog/models?provider=openai&q=gpt-5.4&can=vision,tools")
        .await
        .expect(200);
    let first = &models["items"][0];
    assert_eq!(first["id"], "gpt-5.4");
    assert_eq!(first["input"], json!(["text", "image", "file"]));
    assert_eq!(first["services"]["flex"]["rates"]["input"], "1.25");
    let none = desk
        .get("/api/v1/catalog/models?provider=openai&q=whisper&can=vision")
        .await
        .expect(200);
    assert_eq!(none["items"], json!([]));
    let unknown = desk
        .get("/api/v1/catalog/models?can=flying")
        .await
        .problem(400);
    assert!(
        unknown.contains("There is no ability \"flying\"; there are chat,"),
        "{unknown}"
    );
}
