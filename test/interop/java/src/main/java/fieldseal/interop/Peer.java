package fieldseal.interop;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.cryptography.dbencryptionsdk.dynamodb.itemencryptor.DynamoDbItemEncryptor;
import software.amazon.cryptography.dbencryptionsdk.dynamodb.itemencryptor.model.DecryptItemInput;
import software.amazon.cryptography.dbencryptionsdk.dynamodb.itemencryptor.model.EncryptItemInput;
import software.amazon.cryptography.materialproviders.model.CollectionOfErrors;

/**
 * The AWS Database Encryption SDK for Java as a peer: one JSON request a line on standard input, one
 * JSON answer a line on standard output, in the same order.
 *
 * <pre>
 * {"id":"1","op":"encrypt","config":{...},"item":{"id":{"S":"a"}}}   -> {"id":"1","item":{...}}
 * {"id":"2","op":"decrypt","config":{...},"item":{...}}              -> {"id":"2","error":"Class: message"}
 * {"id":"3","op":"bench","direction":"encrypt","seconds":5,"config":{...},"item":{...}}
 *                                                                    -> {"id":"3","itemsPerSecond":900.5,"items":4503}
 * {"id":"4","op":"keyStore","call":"getActive","keyStore":{...},"branchKeyId":"a"}
 *                                                                    -> {"id":"4","branchKeyId":"a","version":"...","key":"00..."}
 * </pre>
 *
 * `config` is the configuration of the fieldseal command line (see {@link Configs}) and items are
 * DynamoDB JSON (see {@link Items}). A bench request runs one operation again and again in this one
 * thread, after a warm-up that is half as long; to measure decryption it takes a plaintext or an
 * encrypted item. Nothing here talks to AWS: key stores (see {@link KeyStores}) and the hierarchical
 * keyring call the endpoints that their configuration names.
 */
public final class Peer {

  private static final double NANOS = 1e9;

  /** Names and values of any length; escaping keeps the answers ASCII, out of every charset's reach. */
  private static final JsonMapper JSON =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(unlimited()).build())
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  private final Map<JsonNode, DynamoDbItemEncryptor> encryptors = new HashMap<>();

  public static void main(String[] args) throws Exception {
    var peer = new Peer();
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var output = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      if (!line.isBlank()) {
        output.println(JSON.writeValueAsString(peer.answer(line)));
      }
    }
  }

  private static StreamReadConstraints unlimited() {
    return StreamReadConstraints.builder()
        .maxNameLength(Integer.MAX_VALUE)
        .maxStringLength(Integer.MAX_VALUE)
        .build();
  }

  /** Every failure is an answer, also errors such as Dafny's halts and stack overflows. */
  private ObjectNode answer(String line) {
    ObjectNode answer = JSON.createObjectNode();
    try {
      JsonNode request = JSON.readTree(line);
      answer.set("id", request.path("id"));
      run(request, answer);
    } catch (Throwable problem) {
      answer.put("error", describe(problem));
    }
    return answer;
  }

  private void run(JsonNode request, ObjectNode answer) {
    String operation = request.required("op").asText();
    if (operation.equals("keyStore")) {
      KeyStores.run(request, answer);
      return;
    }
    DynamoDbItemEncryptor encryptor =
        encryptors.computeIfAbsent(request.required("config"), Configs::encryptor);
    Map<String, AttributeValue> item = Items.fromJson(request.required("item"));
    switch (operation) {
      case "encrypt" -> answer.set("item", Items.toJson(encrypt(encryptor, item)));
      case "decrypt" -> answer.set("item", Items.toJson(decrypt(encryptor, item)));
      case "bench" -> bench(request, encryptor, item, answer);
      default -> throw new IllegalArgumentException("unknown op " + operation);
    }
  }

  private static Map<String, AttributeValue> encrypt(
      DynamoDbItemEncryptor encryptor, Map<String, AttributeValue> item) {
    var input = EncryptItemInput.builder().plaintextItem(item).build();
    return encryptor.EncryptItem(input).encryptedItem();
  }

  private static Map<String, AttributeValue> decrypt(
      DynamoDbItemEncryptor encryptor, Map<String, AttributeValue> item) {
    var input = DecryptItemInput.builder().encryptedItem(item).build();
    return encryptor.DecryptItem(input).plaintextItem();
  }

  private static void bench(
      JsonNode request,
      DynamoDbItemEncryptor encryptor,
      Map<String, AttributeValue> item,
      ObjectNode answer) {
    double seconds = request.required("seconds").asDouble();
    String direction = request.required("direction").asText();
    Supplier<Map<String, AttributeValue>> once;
    if (direction.equals("encrypt")) {
      once = () -> encrypt(encryptor, item);
    } else if (direction.equals("decrypt")) {
      var encrypted = item.containsKey("aws_dbe_head") ? item : encrypt(encryptor, item);
      once = () -> decrypt(encryptor, encrypted);
    } else {
      throw new IllegalArgumentException("unknown direction " + direction);
    }
    repeat(once, seconds / 2, JSON.createObjectNode());
    repeat(once, seconds, answer);
  }

  private static void repeat(Supplier<?> once, double seconds, ObjectNode answer) {
    long start = System.nanoTime();
    long items = 0;
    double elapsed = 0;
    while (elapsed < seconds) {
      once.get();
      items++;
      elapsed = (System.nanoTime() - start) / NANOS;
    }
    answer.put("itemsPerSecond", items / elapsed).put("items", items);
  }

  /** The material providers hide the reasons of several keyrings in a list; they are spelled out. */
  private static String describe(Throwable problem) {
    var text = new StringBuilder(problem.getClass().getName() + ": " + problem.getMessage());
    if (problem instanceof CollectionOfErrors collection) {
      collection.list().forEach(reason -> text.append(" | ").append(describe(reason)));
    }
    return text.toString();
  }
}
