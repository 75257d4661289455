//! The command as a whole.

use std::process::Command;

#[test]
fn a_verb_that_does_not_exist_is_wrong_usage() {
    for arguments in [&[][..], &["tydi"], &["tidy", "more"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("cargo xtask tidy | docs"), "{text}");
    }
}

#[test]
fn a_tree_that_is_not_there_is_told() {
    let arguments = ["tidy", "--root", "/does/not/exist"];
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("/does/not/exist"), "{text}");
}
