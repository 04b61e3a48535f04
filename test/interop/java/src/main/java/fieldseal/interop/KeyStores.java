package fieldseal.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.cryptography.keystore.KeyStore;
import software.amazon.cryptography.keystore.model.CreateKeyInput;
import software.amazon.cryptography.keystore.model.GetActiveBranchKeyInput;
import software.amazon.cryptography.keystore.model.GetBeaconKeyInput;
import software.amazon.cryptography.keystore.model.GetBranchKeyVersionInput;
import software.amazon.cryptography.keystore.model.KMSConfiguration;
import software.amazon.cryptography.keystore.model.KeyStoreConfig;
import software.amazon.cryptography.keystore.model.BranchKeyMaterials;
import software.amazon.cryptography.keystore.model.VersionKeyInput;

/**
 * Key stores of the material providers, on services that run on this machine: both endpoints are in
 * the configuration. Keys come back as hex, for comparison; they are keys of tests only.
 */
final class KeyStores {

  private static final StaticCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));

  private static final Map<JsonNode, KeyStore> STORES = new HashMap<>();

  private KeyStores() {}

  /** `node` is the member `keyStore` of a hierarchical keyring in the fieldseal configuration. */
  static KeyStore open(JsonNode node) {
    return STORES.computeIfAbsent(node, KeyStores::create);
  }

  private static KeyStore create(JsonNode node) {
    String kmsKeyArn = node.required("kmsKeyArn").textValue();
    Region region = Region.of(kmsKeyArn.split(":")[3]);
    var database =
        DynamoDbClient.builder()
            .endpointOverride(URI.create(node.required("endpoint").textValue()))
            .region(region)
            .credentialsProvider(CREDENTIALS)
            .build();
    var kms =
        KmsClient.builder()
            .endpointOverride(URI.create(node.required("kmsEndpoint").textValue()))
            .region(region)
            .credentialsProvider(CREDENTIALS)
            .build();
    var key = KMSConfiguration.builder();
    if (kmsKeyArn.contains(":key/mrk-")) {
      key.kmsMRKeyArn(kmsKeyArn);
    } else {
      key.kmsKeyArn(kmsKeyArn);
    }
    String table = node.required("table").textValue();
    var config =
        KeyStoreConfig.builder()
            .ddbClient(database)
            .ddbTableName(table)
            .kmsClient(kms)
            .kmsConfiguration(key.build())
            .logicalKeyStoreName(node.path("logicalName").asText(table))
            .build();
    return KeyStore.builder().KeyStoreConfig(config).build();
  }

  static void run(JsonNode request, ObjectNode answer) {
    KeyStore store = open(request.required("keyStore"));
    String call = request.required("call").textValue();
    String id = request.path("branchKeyId").textValue();
    switch (call) {
      case "createKey" -> answer.put("branchKeyId", createKey(store, id, request));
      case "versionKey" -> store.VersionKey(VersionKeyInput.builder().branchKeyIdentifier(id).build());
      case "getActive" -> {
        var input = GetActiveBranchKeyInput.builder().branchKeyIdentifier(id).build();
        put(answer, store.GetActiveBranchKey(input).branchKeyMaterials());
      }
      case "getVersion" -> {
        var version = request.required("version").textValue();
        var input =
            GetBranchKeyVersionInput.builder().branchKeyIdentifier(id).branchKeyVersion(version).build();
        put(answer, store.GetBranchKeyVersion(input).branchKeyMaterials());
      }
      case "getBeacon" -> {
        var input = GetBeaconKeyInput.builder().branchKeyIdentifier(id).build();
        answer.put("key", hex(store.GetBeaconKey(input).beaconKeyMaterials().beaconKey()));
      }
      default -> throw new IllegalArgumentException("unknown call " + call);
    }
  }

  private static String createKey(KeyStore store, String id, JsonNode request) {
    var input = CreateKeyInput.builder();
    if (id != null) {
      input.branchKeyIdentifier(id);
    }
    if (request.has("encryptionContext")) {
      var context = new LinkedHashMap<String, String>();
      request
          .get("encryptionContext")
          .fields()
          .forEachRemaining(entry -> context.put(entry.getKey(), entry.getValue().textValue()));
      input.encryptionContext(context);
    }
    return store.CreateKey(input.build()).branchKeyIdentifier();
  }

  private static void put(ObjectNode answer, BranchKeyMaterials materials) {
    answer
        .put("branchKeyId", materials.branchKeyIdentifier())
        .put("version", materials.branchKeyVersion())
        .put("key", hex(materials.branchKey()));
  }

  private static String hex(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
