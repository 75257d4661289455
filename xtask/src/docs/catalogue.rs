//! The providers of the catalogue in `docs/providers-and-models.md`.

use tollgate_model::catalogue::ProviderFacts;

/// The table: one row per provider.
pub(crate) fn render(providers: &[ProviderFacts]) -> String {
    let mut table = "| Name | Provider | Dialect | Variable |\n|---|---|---|---|\n".to_owned();
    for facts in providers {
        let variables: Vec<String> = facts.env.iter().map(|name| format!("`{name}`")).collect();
        let variables = match variables.join(", ") {
            none if none.is_empty() && facts.keyless => "no key needed".to_owned(),
            some => some,
        };
        table.push_str(&format!(
            "| `{}` | {} | `{}` | {variables} |\n",
            facts.id, facts.title, facts.dialect
        ));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_has_a_row() {
        let table = render(tollgate_catalog::providers());
        assert!(table.contains("| `openai` | OpenAI | `openai-chat` | `OPENAI_API_KEY` |\n"));
        assert!(table.contains("| `sandbox` | Sandbox | `openai-chat` | no key needed |\n"));
        assert_eq!(
            table.lines().count(),
            tollgate_catalog::providers().len() + 2
        );
    }
}
