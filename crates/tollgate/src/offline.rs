//! Answering one command without a running gateway: the same admin API, on the data folder itself.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tollgate_model::snapshot::SecretText;

use crate::client::Local;
use crate::clock;
use crate::config::Settings;
use crate::data::DataFolder;
use crate::failure::Failure;
use crate::follow::{self, Follower};
use crate::machine::Machine;
use crate::node::Node;
use crate::output::Output;
use crate::passes::Passes;
use crate::plane::Plane;
use crate::running::Running;
use crate::till;

/// Takes the data folder and makes the admin API of it.
pub(crate) async fn open(settings: &Settings, output: Output) -> Result<Local, Failure> {
    let folder = DataFolder::take(&settings.data)?;
    let node = Arc::new(Node::open(settings, folder, clock::now()).await?);
    if till::is_unsettled(&node) {
        output.note(
            "note: the last process did not end in order; the next start settles what its journal \
             holds",
        );
    }
    let running = Arc::new(Running::default());
    let ledger = till::ledger(settings, &node);
    let (followed, driver) = follow::ends();
    let mut follower = Follower::new(Arc::clone(&node), Arc::clone(&running), Arc::clone(&ledger));
    follower.take_in().await;
    let mut tasks = JoinSet::new();
    tasks.spawn(follower.follow(driver));
    let token = SecretText::new(&node.folder.admin_token()?);
    let machine = Machine::at_rest(
        node.folder.path(),
        settings.control,
        &settings.control_hosts,
    );
    let plane = Plane {
        node,
        running,
        ledger,
        followed,
        open: Arc::new(AtomicBool::new(false)),
        backlog: Arc::new(|| 0),
        passes: Arc::new(Passes::new()),
        machine,
        // There is no listener that could close.
        closing: watch::Sender::new(false).subscribe(),
    };
    Ok(Local {
        router: plane.routes(&[])?,
        token,
        _background: tasks,
    })
}
