//! `tollgate explain`.

use clap::Args;
use tollgate_control::explain::Story;
use tollgate_model::CallId;

use crate::ask::Ask;
use crate::failure::Failure;
use crate::session::Session;

/// Tell the story of a call: what each stage decided, by which rule, and what it cost
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// Id, as `x-tollgate-call` and `tollgate calls` give it
    #[arg(value_parser = call_id)]
    call: CallId,
}

fn call_id(text: &str) -> Result<CallId, String> {
    let wrong = || "a call's id is call_ and 26 letters and digits".to_owned();
    CallId::parse(text).ok_or_else(wrong)
}

impl Explain {
    /// Runs the verb.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let told = session
            .send(Ask::get(format!("calls/{}/explain", self.call)))
            .await?;
        let story: Story = serde_json::from_value(told.clone())
            .map_err(|why| Failure::fault("the story cannot be read", why))?;
        session
            .output
            .answer(&told, &story.headline, || story.to_string())
    }
}
