//! Finding resources by a part of their name.

use serde_json::json;
use tollgate_model::{Kind, Micros};
use tollgate_store::{Change, Store};

use crate::place::Place;
use crate::records::{key, resource, team};

on_both_databases! {
    resources_are_found_by_a_part_of_their_name,
}

async fn found(store: &Store, text: &str, limit: u32) -> Vec<(Kind, String)> {
    let found = store.search(text, limit).await.unwrap();
    found
        .into_iter()
        .map(|(kind, name)| (kind, name.to_string()))
        .collect()
}

async fn resources_are_found_by_a_part_of_their_name(place: Place) {
    let store = place.open().await;
    let application = resource(Kind::Application, "web_shop", json!({ "team": "shop" }));
    let resources = [
        team("shop", "Shop"),
        team("Webshop", "Web"),
        team("acme", "Acme"),
        team("acme-shop.x", "Both"),
        application,
        key("web-key", "tg_1"),
    ];
    let changes = resources.map(Change::Put);
    store
        .change(&changes, "ann", Micros(0), None)
        .await
        .unwrap();
    let named = |kind, name: &str| (kind, name.to_owned());
    for (text, expected) in [
        // Those that begin with it stand before those that only hold it.
        (
            "SHOP",
            vec![
                named(Kind::Team, "shop"),
                named(Kind::Team, "Webshop"),
                named(Kind::Team, "acme-shop.x"),
                named(Kind::Application, "web_shop"),
            ],
        ),
        (
            "web",
            vec![
                named(Kind::Team, "Webshop"),
                named(Kind::Key, "web-key"),
                named(Kind::Application, "web_shop"),
            ],
        ),
        ("b_s", vec![named(Kind::Application, "web_shop")]),
        ("e-shop.X", vec![named(Kind::Team, "acme-shop.x")]),
        ("%", vec![]),
        ("!", vec![]),
        ("\\", vec![]),
        ("b.s", vec![]),
        ("shöp", vec![]),
        ("web_shop ", vec![]),
    ] {
        assert_eq!(found(&store, text, 10).await, expected, "{text:?}");
    }
    assert_eq!(found(&store, "shop", 2).await.len(), 2);
    assert_eq!(found(&store, "", 10).await.len(), 6);
}
