//! DynamoDB JSON, such as `{"N":"1.0e2"}`, to the SDK's attribute values and back; numbers stay text.

use crate::{Item, Outcome};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::{engine::general_purpose::STANDARD, Engine};
use serde_json::{json, Map, Value};

pub fn from_json(item: &Value) -> Outcome<Item> {
    let object = item.as_object().ok_or("an item or map is not an object")?;
    object.iter().map(|(name, value)| Ok((name.clone(), attribute(value)?))).collect()
}

pub fn to_json(item: &Item) -> Value {
    Value::Object(Map::from_iter(item.iter().map(|(name, value)| (name.clone(), json_of(value)))))
}

fn attribute(node: &Value) -> Outcome<AttributeValue> {
    let object = node.as_object().filter(|object| object.len() == 1);
    let (kind, value) = object.and_then(|object| object.iter().next()).ok_or("an attribute value has exactly one type")?;
    Ok(match kind.as_str() {
        "S" => AttributeValue::S(text(value)?),
        "N" => AttributeValue::N(text(value)?),
        "B" => AttributeValue::B(blob(value)?),
        "BOOL" => AttributeValue::Bool(boolean(value)?),
        "NULL" => AttributeValue::Null(boolean(value)?),
        "SS" => AttributeValue::Ss(list(value, text)?),
        "NS" => AttributeValue::Ns(list(value, text)?),
        "BS" => AttributeValue::Bs(list(value, blob)?),
        "L" => AttributeValue::L(list(value, attribute)?),
        "M" => AttributeValue::M(from_json(value)?),
        _ => return Err(format!("unknown attribute type {kind}").into()),
    })
}

fn json_of(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(text) => json!({ "N": text }),
        AttributeValue::B(bytes) => json!({ "B": base64(bytes) }),
        AttributeValue::Bool(value) => json!({ "BOOL": value }),
        AttributeValue::Null(value) => json!({ "NULL": value }),
        AttributeValue::Ss(members) => json!({ "SS": members }),
        AttributeValue::Ns(members) => json!({ "NS": members }),
        AttributeValue::Bs(members) => json!({ "BS": members.iter().map(base64).collect::<Vec<_>>() }),
        AttributeValue::L(members) => json!({ "L": members.iter().map(json_of).collect::<Vec<_>>() }),
        AttributeValue::M(members) => json!({ "M": to_json(members) }),
        _ => panic!("an attribute type that this program does not know"),
    }
}

fn text(value: &Value) -> Outcome<String> {
    Ok(value.as_str().ok_or("not a string")?.to_string())
}

fn boolean(value: &Value) -> Outcome<bool> {
    Ok(value.as_bool().ok_or("not a boolean")?)
}

fn blob(value: &Value) -> Outcome<Blob> {
    Ok(Blob::new(STANDARD.decode(text(value)?)?))
}

fn base64(bytes: &Blob) -> String {
    STANDARD.encode(bytes.as_ref())
}

fn list<T>(value: &Value, convert: impl Fn(&Value) -> Outcome<T>) -> Outcome<Vec<T>> {
    value.as_array().ok_or("not an array")?.iter().map(convert).collect()
}
