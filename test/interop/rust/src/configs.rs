//! The configuration file of the fieldseal command line to an item encryptor with its keyring.

use crate::Outcome;
use aws_db_esdk::dynamodb::types::PlaintextOverride;
use aws_db_esdk::item_encryptor::client::Client;
use aws_db_esdk::item_encryptor::types::dynamo_db_item_encryptor_config::DynamoDbItemEncryptorConfig;
use aws_db_esdk::material_providers::client::Client as Providers;
use aws_db_esdk::material_providers::types::keyring::KeyringRef;
use aws_db_esdk::material_providers::types::material_providers_config::MaterialProvidersConfig;
use aws_db_esdk::material_providers::types::{AesWrappingAlg, DbeAlgorithmSuiteId, PaddingScheme};
use aws_db_esdk::CryptoAction;
use base64::{engine::general_purpose::STANDARD, Engine};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;

const SUITES: [DbeAlgorithmSuiteId; 2] = [
    DbeAlgorithmSuiteId::AlgAes256GcmHkdfSha512CommitKeySymsigHmacSha384,
    DbeAlgorithmSuiteId::AlgAes256GcmHkdfSha512CommitKeyEcdsaP384SymsigHmacSha384,
];
const ACTIONS: [CryptoAction; 4] = [
    CryptoAction::EncryptAndSign,
    CryptoAction::SignAndIncludeInEncryptionContext,
    CryptoAction::SignOnly,
    CryptoAction::DoNothing,
];
const OVERRIDES: [PlaintextOverride; 3] = [
    PlaintextOverride::ForcePlaintextWriteAllowPlaintextRead,
    PlaintextOverride::ForbidPlaintextWriteAllowPlaintextRead,
    PlaintextOverride::ForbidPlaintextWriteForbidPlaintextRead,
];
const PADDINGS: [PaddingScheme; 5] = [
    PaddingScheme::Pkcs1,
    PaddingScheme::OaepSha1Mgf1,
    PaddingScheme::OaepSha256Mgf1,
    PaddingScheme::OaepSha384Mgf1,
    PaddingScheme::OaepSha512Mgf1,
];

/// Settings that are absent stay unset, so that the SDK's own defaults and checks apply.
pub async fn encryptor(config: &Value) -> Outcome<Client> {
    let providers = Providers::from_conf(MaterialProvidersConfig::builder().build()?)?;
    let mut builder = DynamoDbItemEncryptorConfig::builder()
        .logical_table_name(text(config, "logicalTableName")?)
        .partition_key_name(text(config, "partitionKeyName")?)
        .attribute_actions_on_encrypt(actions(&config["attributeActionsOnEncrypt"])?)
        .keyring(keyring(&providers, &config["keyring"]).await?);
    if config.get("sortKeyName").is_some() {
        builder = builder.sort_key_name(text(config, "sortKeyName")?);
    }
    if config.get("algorithmSuiteId").is_some() {
        builder = builder.algorithm_suite_id(named(&SUITES, text(config, "algorithmSuiteId")?)?);
    }
    if let Some(names) = config.get("allowedUnsignedAttributes") {
        let names = names.as_array().ok_or("allowedUnsignedAttributes is not an array")?;
        let names = names.iter().filter_map(Value::as_str).map(String::from);
        builder = builder.allowed_unsigned_attributes(names.collect::<Vec<_>>());
    }
    if config.get("allowedUnsignedAttributePrefix").is_some() {
        builder = builder.allowed_unsigned_attribute_prefix(text(config, "allowedUnsignedAttributePrefix")?);
    }
    if config.get("plaintextOverride").is_some() {
        builder = builder.plaintext_override(named(&OVERRIDES, text(config, "plaintextOverride")?)?);
    }
    Ok(Client::from_conf(builder.build()?)?)
}

fn actions(node: &Value) -> Outcome<HashMap<String, CryptoAction>> {
    let object = node.as_object().ok_or("attributeActionsOnEncrypt is not an object")?;
    object.iter().map(|(name, action)| Ok((name.clone(), named(&ACTIONS, action.as_str().unwrap_or_default())?))).collect()
}

/// Boxed because a multi keyring holds keyrings.
fn keyring<'a>(providers: &'a Providers, node: &'a Value) -> Pin<Box<dyn Future<Output = Outcome<KeyringRef>> + 'a>> {
    Box::pin(async move {
        match text(node, "type")? {
            "raw-aes" => raw_aes(providers, node).await,
            "raw-rsa" => raw_rsa(providers, node).await,
            "multi" => multi(providers, node).await,
            other => Err(format!("unknown keyring type {other}").into()),
        }
    })
}

async fn raw_aes(providers: &Providers, node: &Value) -> Outcome<KeyringRef> {
    let key = STANDARD.decode(text(node, "wrappingKey")?)?;
    let algorithm = match key.len() {
        16 => AesWrappingAlg::AlgAes128GcmIv12Tag16,
        24 => AesWrappingAlg::AlgAes192GcmIv12Tag16,
        32 => AesWrappingAlg::AlgAes256GcmIv12Tag16,
        other => return Err(format!("no AES key has {other} bytes").into()),
    };
    let request = providers.create_raw_aes_keyring().key_namespace(text(node, "keyNamespace")?);
    Ok(request.key_name(text(node, "keyName")?).wrapping_key(key).wrapping_alg(algorithm).send().await?)
}

async fn raw_rsa(providers: &Providers, node: &Value) -> Outcome<KeyringRef> {
    let padding = match node.get("paddingScheme") {
        Some(_) => named(&PADDINGS, text(node, "paddingScheme")?)?,
        None => PaddingScheme::OaepSha256Mgf1,
    };
    let mut request = providers.create_raw_rsa_keyring().key_namespace(text(node, "keyNamespace")?);
    request = request.key_name(text(node, "keyName")?).padding_scheme(padding);
    if node.get("publicKey").is_some() {
        request = request.public_key(text(node, "publicKey")?.as_bytes().to_vec());
    }
    if node.get("privateKey").is_some() {
        request = request.private_key(text(node, "privateKey")?.as_bytes().to_vec());
    }
    Ok(request.send().await?)
}

async fn multi(providers: &Providers, node: &Value) -> Outcome<KeyringRef> {
    let mut children = Vec::new();
    for child in node["children"].as_array().into_iter().flatten() {
        children.push(keyring(providers, child).await?);
    }
    let mut request = providers.create_multi_keyring().child_keyrings(children);
    if let Some(generator) = node.get("generator") {
        request = request.generator(keyring(providers, generator).await?);
    }
    Ok(request.send().await?)
}

/// The SDK's enumerations print the names that configurations use.
fn named<T: Display + Copy>(all: &[T], name: &str) -> Outcome<T> {
    let found = all.iter().find(|value| value.to_string() == name);
    found.copied().ok_or_else(|| format!("{name} is not known").into())
}

fn text<'a>(node: &'a Value, name: &str) -> Outcome<&'a str> {
    node[name].as_str().ok_or_else(|| format!("{name} is missing or not a string").into())
}
