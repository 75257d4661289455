//! Tools whose calls have a form of their own: custom tools, which take plain text, and the tools of
//! Codex, which the caller runs itself. Other providers know none of these, so that they are asked
//! for functions, and what they call is given the form back.

use serde_json::value::RawValue;

use crate::ir::Raw;
use crate::scan;

/// A form of calls.
#[derive(Debug)]
pub(super) struct Form {
    /// The type of the tool. A tool without a name of its own has this one.
    pub(super) tool: &'static str,
    /// The type of the item that is a call.
    pub(super) call: &'static str,
    /// The type of the item that is its result.
    pub(super) result: &'static str,
    /// How the id of a call begins.
    pub(super) prefix: &'static str,
    /// The member of a call that holds what it is called with.
    pub(super) member: &'static str,
    /// Whether that is a text, and not an object.
    pub(super) is_text: bool,
    /// What the function is said to do; custom tools say it themselves.
    pub(super) description: &'static str,
    /// JSON Schema of the function's arguments.
    pub(super) schema: &'static str,
    /// What must be in the object, and is put in where the model left it out.
    filled: &'static [(&'static str, &'static str)],
    /// What stands in a call besides.
    beside: &'static str,
}

const CUSTOM: &str = concat!(
    r#"{"type":"object","properties":{"input":{"type":"string","#,
    r#""description":"All that the tool is given, as plain text."}},"#,
    r#""required":["input"],"additionalProperties":false}"#
);
const LOCAL_SHELL: &str = concat!(
    r#"{"type":"object","properties":{"command":{"type":"array","items":{"type":"string"},"#,
    r#""description":"The program and its arguments."},"working_directory":{"type":"string"},"#,
    r#""timeout_ms":{"type":"integer"},"#,
    r#""env":{"type":"object","additionalProperties":{"type":"string"}}},"required":["command"]}"#
);
const SHELL: &str = concat!(
    r#"{"type":"object","properties":{"commands":{"type":"array","items":{"type":"string"}},"#,
    r#""timeout_ms":{"type":"integer"},"max_output_length":{"type":"integer"}},"#,
    r#""required":["commands"]}"#
);
const PATCH: &str = concat!(
    r#"{"type":"object","properties":{"type":{"type":"string","#,
    r#""enum":["create_file","update_file","delete_file"]},"path":{"type":"string"},"#,
    r#""diff":{"type":"string","description":"Not for delete_file."}},"required":["type","path"]}"#
);

/// All of them.
static FORMS: [Form; 4] = [
    Form {
        tool: "custom",
        call: "custom_tool_call",
        result: "custom_tool_call_output",
        prefix: "ctc",
        member: "input",
        is_text: true,
        description: "",
        schema: CUSTOM,
        filled: &[],
        beside: "",
    },
    Form {
        tool: "local_shell",
        call: "local_shell_call",
        result: "local_shell_call_output",
        prefix: "lsh",
        member: "action",
        is_text: false,
        description: "Runs a command on the user's machine and returns what it printed.",
        schema: LOCAL_SHELL,
        filled: &[("env", "{}"), ("type", "\"exec\"")],
        beside: "",
    },
    Form {
        tool: "shell",
        call: "shell_call",
        result: "shell_call_output",
        prefix: "sh",
        member: "action",
        is_text: false,
        description: "Runs shell commands on the user's machine and returns what they printed.",
        schema: SHELL,
        filled: &[("max_output_length", "null"), ("timeout_ms", "null")],
        beside: ",\"environment\":null",
    },
    Form {
        tool: "apply_patch",
        call: "apply_patch_call",
        result: "apply_patch_call_output",
        prefix: "apc",
        member: "operation",
        is_text: false,
        description: "Creates, changes or deletes a file by a diff in the V4A format.",
        schema: PATCH,
        filled: &[],
        beside: "",
    },
];

impl Form {
    /// The form of tools of this type.
    pub(super) fn of_tool(kind: &str) -> Option<&'static Form> {
        FORMS.iter().find(|form| form.tool == kind)
    }

    /// The form of calls of this type.
    pub(super) fn of_call(kind: &str) -> Option<&'static Form> {
        FORMS.iter().find(|form| form.call == kind)
    }

    /// The form of results of this type.
    pub(super) fn of_result(kind: &str) -> Option<&'static Form> {
        FORMS.iter().find(|form| form.result == kind)
    }

    /// What a call is called with, as a value of its member, from a function's arguments.
    pub(super) fn given(&self, arguments: &str) -> String {
        if self.is_text {
            return quoted(&text_in(arguments));
        }
        let mut object = arguments.trim().to_owned();
        if !object.starts_with('{') {
            object = "{}".to_owned();
        }
        for (name, value) in self.filled {
            let Ok(members) = scan::scan(object.as_bytes(), [*name]) else {
                break;
            };
            if members.values == [None] {
                let member = members.place.member(name, value);
                object.insert_str(members.place.at, &member);
            }
        }
        object
    }

    /// What stands in a call besides its member, with a comma before it.
    pub(super) fn beside(&self) -> &'static str {
        self.beside
    }
}

/// The arguments of a function for the text that a custom tool is called with.
pub(super) fn arguments_of(text: &str) -> Raw {
    let object = format!("{{\"input\":{}}}", quoted(text));
    RawValue::from_string(object).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// The text in a function's arguments; all of them, where the model wrote something else.
pub(super) fn text_in(arguments: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Given {
        input: String,
    }
    match serde_json::from_str::<Given>(arguments) {
        Ok(given) => given.input,
        Err(_) => arguments.to_owned(),
    }
}

/// A JSON string.
pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rs_12_what_a_model_leaves_out_of_a_call_is_put_in() {
        let shell = Form::of_tool("local_shell").unwrap();
        assert_eq!(
            shell.given(r#"{"command":["ls"]}"#),
            r#"{"type":"exec","env":{},"command":["ls"]}"#
        );
        assert_eq!(
            shell.given(r#"{"type":"exec","command":[],"env":{"A":"b"}}"#),
            r#"{"type":"exec","command":[],"env":{"A":"b"}}"#
        );
        assert_eq!(shell.given("not json"), r#"{"type":"exec","env":{}}"#);
    }

    #[test]
    fn rs_11_a_text_becomes_arguments_and_a_text_again() {
        let custom = Form::of_tool("custom").unwrap();
        let arguments = arguments_of("a \"b\"\n");
        assert_eq!(arguments.get(), r#"{"input":"a \"b\"\n"}"#);
        assert_eq!(custom.given(arguments.get()), r#""a \"b\"\n""#);
        assert_eq!(custom.given("*** Begin Patch"), "\"*** Begin Patch\"");
    }

    #[test]
    fn every_schema_of_a_form_is_json() {
        for form in &FORMS {
            serde_json::from_str::<serde_json::Value>(form.schema).unwrap();
        }
    }
}
