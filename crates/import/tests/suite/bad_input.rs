//! What cannot be imported is told in a sentence that names the place.

use tollgate_import::{Flavour, ImportError, Plan, Table, Tables};

use super::source;

fn told(result: Result<Plan, ImportError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_wrong_type_names_file_line_and_member() {
    let litellm = |text: &str| told(tollgate_import::litellm(source("c.yaml", text), None));
    for (text, expected) in [
        ("", "c.yaml is empty"),
        (
            "- a\n",
            "c.yaml, line 1: the file: expected the sections of a config of LiteLLM, found a list",
        ),
        (
            "a: 1\n",
            "c.yaml is no config of LiteLLM: it has none of model_list",
        ),
        (
            "model_list: 7\n",
            "c.yaml, line 1: model_list: expected a list, found a number",
        ),
        (
            "model_list:\n  - x\n",
            "c.yaml, line 2: model_list[0] has no `model_name`",
        ),
        (
            "model_list:\n  - model_name: a\n",
            "c.yaml, line 2: model_list[0]: expected a map with `litellm_params`, found a map",
        ),
        (
            "model_list:\n  - model_name: a\n    litellm_params: { model: [x] }\n",
            "c.yaml, line 3: model_list[0].litellm_params.model: expected a text, found a list",
        ),
        (
            "model_list:\n  - model_name: a\n    litellm_params: { model: openai/x, rpm: many }\n",
            "c.yaml, line 3: model_list[0].litellm_params.rpm: expected a number, found a text",
        ),
        ("model_list: [}\n", "c.yaml, line 1: "),
        (
            "general_settings: 5\n",
            "c.yaml, line 1: general_settings: expected a map, found a number",
        ),
    ] {
        let told = litellm(text);
        assert!(told.starts_with(expected), "{told}");
    }
}

#[test]
fn a_file_of_something_else_is_told_apart() {
    let told_of = told(tollgate_import::openrouter(source("o.json", "{\"a\": 1}")));
    assert!(
        told_of.starts_with("o.json: there is no preset"),
        "{told_of}"
    );
    let told_of = told(tollgate_import::portkey(source("p.json", "[1, 2]")));
    assert!(
        told_of.starts_with("p.json: there is no config of Portkey"),
        "{told_of}"
    );
}

#[test]
fn rows_of_nonsense_are_no_panic() {
    let cells = [
        "",
        "NULL",
        "-1",
        "99999999999999999999",
        "{\"a\":",
        "渠道",
        "sk-x*y",
    ];
    let columns = [
        "id", "type", "key", "status", "name", "models", "group", "quota", "user_id",
    ];
    for table in Tables::READ {
        let rows = cells
            .iter()
            .map(|cell| vec![Some((*cell).to_owned()); columns.len() + 1]);
        let tables = Tables {
            file: "f".to_owned(),
            tables: vec![Table {
                name: table.to_owned(),
                columns: columns.iter().map(|c| (*c).to_owned()).collect(),
                rows: rows.collect(),
            }],
            others: Vec::new(),
        };
        let plan = tollgate_import::one_api(tables, Flavour::NewApi, None).unwrap();
        for document in &plan.documents {
            document.check().unwrap();
        }
    }
}

#[test]
fn a_quota_that_is_no_number_is_refused() {
    for wrong in ["0", "-5", "many"] {
        let tables = Tables::default();
        let error = tollgate_import::one_api(tables, Flavour::OneApi, Some(wrong)).unwrap_err();
        assert!(
            error.to_string().contains("no number above zero"),
            "{error}"
        );
    }
}
