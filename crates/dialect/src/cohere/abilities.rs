//! What differs between Cohere's models, told from the model's name.

/// Models that came before those that think, by the beginning of their names.
const UNTHINKING: [&str; 9] = [
    "command-r",
    "command-light",
    "command-nightly",
    "command-a-03-2025",
    "command-a-vision",
    "command-a-translate",
    "c4ai-",
    "aya-",
    "tiny-aya",
];

/// Whether the model of this name can think, and takes back what it thought. One that is not known is
/// taken for a newer one, which can.
pub(super) fn thinks(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    let is_plain = name == "command" || UNTHINKING.iter().any(|stem| name.starts_with(stem));
    !is_plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_that_came_before_thinking_are_known_by_name() {
        for (model, want) in [
            ("command-a-reasoning-08-2025", true),
            ("command-b-01-2027", true),
            ("command-a-03-2025", false),
            ("cohere/command-r-plus-08-2024", false),
            ("command-r7b-12-2024", false),
            ("c4ai-aya-expanse-32b", false),
            ("command", false),
        ] {
            assert_eq!(thinks(model), want, "{model}");
        }
    }
}
