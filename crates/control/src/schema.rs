//! One source of schemas: the types themselves, by `schemars`. What operations refer to is
//! registered with [`described!`], which gives `utoipa` the name and the document the schema.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};
use tollgate_model::resource::Kind;

/// A list of an API, a page at a time.
#[derive(Debug, serde::Serialize, serde::Deserialize, JsonSchema)]
#[schemars(rename = "{T}Page")]
pub(crate) struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// What to send to get the page after this one; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A list that is short enough to be one page.
    pub(crate) fn whole(items: Vec<T>) -> Page<T> {
        Page { items, next: None }
    }

    /// A page of `size` of a list that was asked for one item more, so that it is known whether it
    /// goes on; `cursor` tells where after the last item of the page.
    pub(crate) fn cut(mut items: Vec<T>, size: u32, cursor: impl Fn(&T) -> String) -> Page<T> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let goes_on = items.len() > size;
        items.truncate(size);
        let next = items.last().filter(|_| goes_on).map(cursor);
        Page { items, next }
    }
}

/// Lets types stand in operations, and gives a function that registers their schemas.
macro_rules! described {
    ($($type:ty),* $(,)?) => {
        $(
            impl utoipa::PartialSchema for $type {
                fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                    let name = <$type as schemars::JsonSchema>::schema_name();
                    utoipa::openapi::Ref::from_schema_name(name).into()
                }
            }

            impl utoipa::ToSchema for $type {
                fn name() -> std::borrow::Cow<'static, str> {
                    <$type as schemars::JsonSchema>::schema_name()
                }
            }
        )*

        /// Registers the schemas of this module's types.
        pub(crate) fn register(generator: &mut schemars::SchemaGenerator) {
            $(generator.subschema_for::<$type>();)*
        }
    };
}

pub(crate) use described;

/// A generator whose definitions lie where OpenAPI wants them.
fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator()
}

/// The schemas of the document: those that `register` names, and the spec of every kind.
pub(crate) fn components(register: impl FnOnce(&mut SchemaGenerator)) -> Map<String, Value> {
    let mut generator = generator();
    register(&mut generator);
    let mut components = generator.take_definitions(true);
    for kind in Kind::ALL {
        for (name, schema) in hoisted(kind) {
            components.entry(name).or_insert(schema);
        }
    }
    components
}

/// The spec of a kind and what it refers to, as separate schemas.
fn hoisted(kind: Kind) -> Map<String, Value> {
    let mut spec = kind.schema().to_value();
    redirect(&mut spec);
    let mut schemas = Map::new();
    if let Value::Object(members) = &mut spec {
        members.remove("$schema");
        if let Some(Value::Object(definitions)) = members.remove("$defs") {
            schemas.extend(definitions);
        }
    }
    schemas.insert(format!("{kind}Spec"), spec);
    schemas
}

/// Points references at the document's components.
fn redirect(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(target) if key == "$ref" => {
                        *target = target.replace("#/$defs/", "#/components/schemas/");
                    }
                    other => redirect(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redirect),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_of_the_schemas_leads_somewhere() {
        let components = components(|_| {});
        let text = serde_json::to_string(&components).unwrap();
        let mut seen = 0;
        for target in text.split("\"$ref\":\"").skip(1) {
            let target = target.split('"').next().unwrap();
            let name = target.strip_prefix("#/components/schemas/").unwrap();
            assert!(components.contains_key(name), "{target}");
            seen += 1;
        }
        assert!(seen > 0);
    }

    #[test]
    fn a_page_says_where_it_goes_on_only_if_it_does() {
        let cut = |items: Vec<u8>| Page::cut(items, 2, u8::to_string);
        assert_eq!(cut(vec![1, 2, 3]).next.as_deref(), Some("2"));
        assert_eq!(cut(vec![1, 2, 3]).items.len(), 2);
        assert_eq!(cut(vec![1, 2]).next, None);
    }
}
