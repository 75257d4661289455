//! `docs/doctor.md`, from the table of checks.

use tollgate_doctor::{Step, all};

const HEAD: &str = "\
# Doctor

<!-- This page is made from the code by `cargo xtask docs`; do not edit it. -->

`tollgate doctor` looks for what is wrong with money, configuration and server, and tells what to do.
It works in four steps. The console has the same under Control ▸ Doctor, the admin API under
`POST /api/v1/doctor`; both want the permission `doctor:run`, which owners and admins have.

```
tollgate doctor                # all four steps
tollgate doctor --step 3       # only the simulated transaction
tollgate doctor --probe        # ask providers for their models too
tollgate doctor --fix          # mend what is safe to mend, and say what was done
tollgate doctor --json         # for scripts and CI
```

The exit code is 0 where nothing is wrong, and 1 where there is a finding of severity `error`. A
`warning` works now, and will not for long or not for everybody; a `notice` is only worth knowing.
`-q` prints the ids of the checks that found something.

Where no gateway runs, the doctor looks at the data folder itself. What it cannot tell then, it says.

## What it does and does not do

- Steps 1, 2 and 4 only look. Step 2 asks the running gateway for a few free paths.
- Step 3 makes a transaction. A prepaid team `tollgate-doctor` with two applications, a key each and a
  budget is made, as any change of the configuration. It buys from the sandbox provider, inside the
  process, through the gateway's own listener, for less than a tenth of a cent. In the end all of it
  is deleted and the money goes back; history, calls and ledger keep what happened, with `doctor` as
  the actor. A budget of yours over the whole organization, or over the model `sandbox/echo`, counts
  these calls too. What an interrupted run leaves, the next one cleans up.
- `--probe` asks each provider for its list of models, with each credential. That costs nothing. It
  shows whether the address is right and the credential is taken, and compares the clocks. It does
  not show whether the account has money, unless the provider refuses even the list: what a provider
  says when there is none is known (the catalogue has it), and shows with the next paid call. The
  doctor makes no paid call at a provider.
- `--fix` does only what stands below under *Mends*. It spends nothing, and deletes nothing.

## What stands in the JSON

The answer has `at`, `version`, `worst` (absent where nothing was found), `steps`, and `fixed` (what
was mended). A step has `checks`; a check has an `id`, a `state` (`passed`, `found` or `unknown`, then
with the reason in `unknown`), its `findings`, and `took` in microseconds for a part of the
transaction. A finding has `severity`, `subject`, `detail`, `evidence` (names and values), `fix`, often
a `command`, and `fixable`.
";

/// The page.
pub(crate) fn render() -> String {
    let mut page = HEAD.to_owned();
    for step in Step::ALL {
        page.push_str(&format!("\n## Step {}: {}\n", step.number(), step.title()));
        for check in all().filter(|check| check.step == step) {
            page.push_str(&format!(
                "\n### {}\n\n**{}.** At worst: {}.\n\n{}\n\nWhat to do: {}\n",
                check.id, check.title, check.worst, check.meaning, check.fix
            ));
            if let Some(mends) = check.mends {
                page.push_str(&format!("\nMends: {mends}.\n"));
            }
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_has_a_section() {
        let page = render();
        for check in all() {
            assert!(
                page.contains(&format!("\n### {}\n", check.id)),
                "{}",
                check.id
            );
        }
        assert!(page.contains("## Step 1: Payment details\n\n### wallet_empty\n"));
        assert!(page.contains("\nMends: "));
    }
}
