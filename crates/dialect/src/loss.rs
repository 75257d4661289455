//! What a translation leaves out.

/// What a translation could not carry: the names of members, for the header `x-tollgate-dropped`
/// and the call's record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss(Vec<String>);

impl Loss {
    /// Notes a member that is not carried.
    pub fn dropped(&mut self, member: &str) {
        if !self.0.iter().any(|known| known == member) {
            self.0.push(member.to_owned());
        }
    }

    /// The members, in the order in which they were met.
    pub fn into_members(self) -> Vec<String> {
        self.0
    }

    /// Whether nothing was lost.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members, in the order in which they were met.
    pub fn members(&self) -> &[String] {
        &self.0
    }
}
