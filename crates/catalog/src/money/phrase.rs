//! Phrases in messages, word by word.
//!
//! A phrase is written as words with a space between them. `a|b` is either word, a word with `?`
//! after it may be missing. Case does not matter, and whatever is neither letter nor digit only
//! separates words. A phrase that is not ASCII is looked for as it stands: Chinese has no spaces.

/// Whether a message has a phrase in it.
pub(super) fn is_in(phrase: &str, message: &str) -> bool {
    if !phrase.is_ascii() {
        return message.contains(phrase);
    }
    let words: Vec<&str> = message
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    (0..words.len()).any(|start| begins(phrase, words.get(start..).unwrap_or_default()))
}

/// Whether the words begin with the phrase.
fn begins(phrase: &str, words: &[&str]) -> bool {
    if phrase.is_empty() {
        return true;
    }
    let (wanted, rest) = phrase.split_once(' ').unwrap_or((phrase, ""));
    let optional = wanted.strip_suffix('?');
    if optional.is_some() && begins(rest, words) {
        return true;
    }
    let wanted = optional.unwrap_or(wanted);
    words.split_first().is_some_and(|(word, more)| {
        wanted.split('|').any(|one| one.eq_ignore_ascii_case(word)) && begins(rest, more)
    })
}

#[cfg(test)]
mod tests {
    use super::is_in;

    #[test]
    fn phrases_are_found_by_words() {
        let quota = "exceeded|reached your|its? current|monthly? quota";
        for (phrase, message, there) in [
            ("insufficient balance", "Insufficient Balance", true),
            ("insufficient balance", "error: insufficient_balance!", true),
            ("insufficient balance", "insufficient balances", false),
            ("insufficient balance", "balance insufficient", false),
            ("insufficient balance", "insufficient", false),
            (quota, "You exceeded your current quota, please check", true),
            (quota, "exceeded quota", true),
            (quota, "reached its monthly quota", true),
            (quota, "exceeded my quota", false),
            ("余额不足", "账户余额不足或无可用资源包", true),
            ("a", "", false),
        ] {
            assert_eq!(is_in(phrase, message), there, "{phrase}: {message}");
        }
    }
}
