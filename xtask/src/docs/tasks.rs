//! What the providers of the catalogue do besides conversing, in `docs/beyond-chat.md`.

use tollgate_model::catalogue::ProviderFacts;

/// The table: one row per provider that does something.
pub(crate) fn render(providers: &[ProviderFacts]) -> String {
    let mut table = "| Provider | Tasks |\n|---|---|\n".to_owned();
    for facts in providers.iter().filter(|facts| !facts.tasks.is_empty()) {
        let tasks: Vec<String> = facts
            .tasks
            .iter()
            .map(|(task, form)| match form.as_str() {
                "openai" => task.to_string(),
                form => format!("{task} ({form})"),
            })
            .collect();
        table.push_str(&format!("| `{}` | {} |\n", facts.id, tasks.join(", ")));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_something_has_a_row_and_who_only_talks_has_none() {
        let table = render(tollgate_catalog::providers());
        assert!(
            table.contains("| `google` | embeddings (gemini), images (gemini) |\n"),
            "{table}"
        );
        assert!(
            table.contains("| `openai` | embeddings, images, "),
            "{table}"
        );
        assert!(!table.contains("`anthropic`"), "{table}");
    }
}
