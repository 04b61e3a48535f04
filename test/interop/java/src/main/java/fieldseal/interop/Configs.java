package fieldseal.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.cryptography.dbencryptionsdk.dynamodb.itemencryptor.DynamoDbItemEncryptor;
import software.amazon.cryptography.dbencryptionsdk.dynamodb.itemencryptor.model.DynamoDbItemEncryptorConfig;
import software.amazon.cryptography.dbencryptionsdk.dynamodb.model.PlaintextOverride;
import software.amazon.cryptography.dbencryptionsdk.structuredencryption.model.CryptoAction;
import software.amazon.cryptography.materialproviders.IKeyring;
import software.amazon.cryptography.materialproviders.MaterialProviders;
import software.amazon.cryptography.materialproviders.model.AesWrappingAlg;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsHierarchicalKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateMultiKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateRawAesKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateRawRsaKeyringInput;
import software.amazon.cryptography.materialproviders.model.DBEAlgorithmSuiteId;
import software.amazon.cryptography.materialproviders.model.MaterialProvidersConfig;
import software.amazon.cryptography.materialproviders.model.PaddingScheme;

/** The configuration file of the fieldseal command line to an item encryptor with its keyring. */
final class Configs {

  private static final MaterialProviders PROVIDERS =
      MaterialProviders.builder()
          .MaterialProvidersConfig(MaterialProvidersConfig.builder().build())
          .build();

  private Configs() {}

  /** Settings that are absent stay unset, so that the SDK's own defaults and checks apply. */
  static DynamoDbItemEncryptor encryptor(JsonNode config) {
    var builder =
        DynamoDbItemEncryptorConfig.builder()
            .logicalTableName(config.required("logicalTableName").textValue())
            .partitionKeyName(config.required("partitionKeyName").textValue())
            .attributeActionsOnEncrypt(actions(config.required("attributeActionsOnEncrypt")))
            .keyring(keyring(config.required("keyring")));
    if (config.has("sortKeyName")) {
      builder.sortKeyName(config.get("sortKeyName").textValue());
    }
    if (config.has("algorithmSuiteId")) {
      builder.algorithmSuiteId(DBEAlgorithmSuiteId.valueOf(config.get("algorithmSuiteId").textValue()));
    }
    if (config.has("allowedUnsignedAttributes")) {
      List<String> names = new ArrayList<>();
      config.get("allowedUnsignedAttributes").forEach(name -> names.add(name.textValue()));
      builder.allowedUnsignedAttributes(names);
    }
    if (config.has("allowedUnsignedAttributePrefix")) {
      builder.allowedUnsignedAttributePrefix(config.get("allowedUnsignedAttributePrefix").textValue());
    }
    if (config.has("plaintextOverride")) {
      builder.plaintextOverride(PlaintextOverride.valueOf(config.get("plaintextOverride").textValue()));
    }
    return DynamoDbItemEncryptor.builder().DynamoDbItemEncryptorConfig(builder.build()).build();
  }

  private static Map<String, CryptoAction> actions(JsonNode node) {
    var actions = new LinkedHashMap<String, CryptoAction>();
    node.fields()
        .forEachRemaining(
            entry -> actions.put(entry.getKey(), CryptoAction.valueOf(entry.getValue().textValue())));
    return actions;
  }

  private static IKeyring keyring(JsonNode node) {
    String type = node.required("type").textValue();
    return switch (type) {
      case "raw-aes" -> rawAes(node);
      case "raw-rsa" -> rawRsa(node);
      case "multi" -> multi(node);
      case "hierarchical" -> hierarchical(node);
      default -> throw new IllegalArgumentException("unknown keyring type " + type);
    };
  }

  private static IKeyring rawAes(JsonNode node) {
    byte[] key = Base64.getDecoder().decode(node.required("wrappingKey").textValue());
    var input =
        CreateRawAesKeyringInput.builder()
            .keyNamespace(node.required("keyNamespace").textValue())
            .keyName(node.required("keyName").textValue())
            .wrappingKey(ByteBuffer.wrap(key))
            .wrappingAlg(AesWrappingAlg.valueOf("ALG_AES" + key.length * 8 + "_GCM_IV12_TAG16"))
            .build();
    return PROVIDERS.CreateRawAesKeyring(input);
  }

  private static IKeyring rawRsa(JsonNode node) {
    var input =
        CreateRawRsaKeyringInput.builder()
            .keyNamespace(node.required("keyNamespace").textValue())
            .keyName(node.required("keyName").textValue())
            .paddingScheme(
                PaddingScheme.valueOf(node.path("paddingScheme").asText("OAEP_SHA256_MGF1")));
    if (node.has("publicKey")) {
      input.publicKey(pem(node.get("publicKey")));
    }
    if (node.has("privateKey")) {
      input.privateKey(pem(node.get("privateKey")));
    }
    return PROVIDERS.CreateRawRsaKeyring(input.build());
  }

  private static IKeyring multi(JsonNode node) {
    List<IKeyring> children = new ArrayList<>();
    node.path("children").forEach(child -> children.add(keyring(child)));
    var input = CreateMultiKeyringInput.builder().childKeyrings(children);
    if (node.has("generator")) {
      input.generator(keyring(node.get("generator")));
    }
    return PROVIDERS.CreateMultiKeyring(input.build());
  }

  private static IKeyring hierarchical(JsonNode node) {
    var input =
        CreateAwsKmsHierarchicalKeyringInput.builder()
            .branchKeyId(node.required("branchKeyId").textValue())
            .keyStore(KeyStores.open(node.required("keyStore")))
            .ttlSeconds(node.path("ttlSeconds").asLong(60))
            .build();
    return PROVIDERS.CreateAwsKmsHierarchicalKeyring(input);
  }

  private static ByteBuffer pem(JsonNode node) {
    return ByteBuffer.wrap(node.textValue().getBytes(StandardCharsets.UTF_8));
  }
}
