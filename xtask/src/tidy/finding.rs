//! What a rule finds.

/// One place where a rule does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The rule, as the list of exceptions names it.
    pub(crate) rule: &'static str,
    /// What breaks it, stable under edits elsewhere: a file, `file:function`, `crate:module`.
    pub(crate) subject: String,
    /// By how much, where the rule is about a size.
    pub(crate) measure: Option<usize>,
    /// A sentence for whoever has to mend it.
    pub(crate) message: String,
}

impl Finding {
    /// A finding of a rule that is not about a size.
    pub(crate) fn new(
        rule: &'static str,
        subject: impl Into<String>,
        message: impl Into<String>,
    ) -> Finding {
        Finding {
            rule,
            subject: subject.into(),
            measure: None,
            message: message.into(),
        }
    }

    /// The same finding with a size.
    pub(crate) fn of_size(mut self, measure: usize) -> Finding {
        self.measure = Some(measure);
        self
    }
}
