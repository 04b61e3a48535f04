package fieldseal.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** DynamoDB JSON, such as {"N":"1.0e2"}, to the SDK's attribute values and back; numbers stay text. */
final class Items {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Items() {}

  static Map<String, AttributeValue> fromJson(JsonNode item) {
    var attributes = new LinkedHashMap<String, AttributeValue>();
    item.fields().forEachRemaining(entry -> attributes.put(entry.getKey(), value(entry.getValue())));
    return attributes;
  }

  static ObjectNode toJson(Map<String, AttributeValue> item) {
    ObjectNode object = NODES.objectNode();
    item.forEach((name, value) -> object.set(name, toJson(value)));
    return object;
  }

  private static AttributeValue value(JsonNode node) {
    if (node.size() != 1) {
      throw new IllegalArgumentException("an attribute value has exactly one type");
    }
    var typed = node.fields().next();
    JsonNode value = typed.getValue();
    return switch (typed.getKey()) {
      case "S" -> AttributeValue.fromS(value.textValue());
      case "N" -> AttributeValue.fromN(value.textValue());
      case "B" -> AttributeValue.fromB(bytes(value));
      case "BOOL" -> AttributeValue.fromBool(value.booleanValue());
      case "NULL" -> AttributeValue.fromNul(value.booleanValue());
      case "SS" -> AttributeValue.fromSs(list(value, JsonNode::textValue));
      case "NS" -> AttributeValue.fromNs(list(value, JsonNode::textValue));
      case "BS" -> AttributeValue.fromBs(list(value, Items::bytes));
      case "L" -> AttributeValue.fromL(list(value, Items::value));
      case "M" -> AttributeValue.fromM(fromJson(value));
      default -> throw new IllegalArgumentException("unknown attribute type " + typed.getKey());
    };
  }

  private static ObjectNode toJson(AttributeValue value) {
    ObjectNode object = NODES.objectNode();
    switch (value.type()) {
      case S -> object.put("S", value.s());
      case N -> object.put("N", value.n());
      case B -> object.put("B", base64(value.b()));
      case BOOL -> object.put("BOOL", value.bool());
      case NUL -> object.put("NULL", value.nul());
      case SS -> object.set("SS", array(value.ss(), NODES::textNode));
      case NS -> object.set("NS", array(value.ns(), NODES::textNode));
      case BS -> object.set("BS", array(value.bs(), member -> NODES.textNode(base64(member))));
      case L -> object.set("L", array(value.l(), Items::toJson));
      case M -> object.set("M", toJson(value.m()));
      default -> throw new IllegalStateException("unknown attribute type " + value.type());
    }
    return object;
  }

  private static SdkBytes bytes(JsonNode node) {
    return SdkBytes.fromByteArray(Base64.getDecoder().decode(node.textValue()));
  }

  private static String base64(SdkBytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.asByteArray());
  }

  private static <T> List<T> list(JsonNode array, Function<JsonNode, T> convert) {
    var members = new ArrayList<T>();
    array.forEach(member -> members.add(convert.apply(member)));
    return members;
  }

  private static <T> ArrayNode array(Collection<T> members, Function<T, JsonNode> convert) {
    ArrayNode array = NODES.arrayNode();
    members.forEach(member -> array.add(convert.apply(member)));
    return array;
  }
}
