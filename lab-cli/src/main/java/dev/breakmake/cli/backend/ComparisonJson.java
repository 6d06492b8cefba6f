package dev.breakmake.cli.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.report.json.Json;
import java.util.List;

/**
 * Comparisons as JSON: {@code {agree, compared: {registerWrites, tlbInvalidates, tables}, differences[], boots[]}}. {@code compared} and
 * {@code differences} are those of all boots together; a difference says in {@code image} and {@code pes} which boot it belongs to.
 */
public final class ComparisonJson {

    private static final List<String> COUNTS = List.of("registerWrites", "tlbInvalidates", "tables");

    private ComparisonJson() {}

    /** A boot and what came of it. */
    public record Boot(ComparisonRequest request, TwoBackends result) {}

    /** All boots of one command. */
    public static ObjectNode of(List<Boot> boots) {
        ObjectNode root = Json.object();
        root.put("agree", boots.stream().allMatch(boot -> boot.result().agree()));
        ObjectNode compared = root.putObject("compared");
        COUNTS.forEach(count -> compared.put(count, 0));
        ArrayNode differences = root.putArray("differences");
        ArrayNode array = root.putArray("boots");
        for (Boot boot : boots) {
            JsonNode comparison = Json.parse(boot.result().comparison().toJson());
            for (String count : COUNTS) {
                compared.put(
                        count,
                        compared.get(count).asInt()
                                + comparison.get("compared").get(count).asInt());
            }
            for (JsonNode difference : comparison.get("differences")) {
                differences
                        .addObject()
                        .put("image", boot.request().name())
                        .put("pes", boot.request().pes())
                        .setAll((ObjectNode) difference);
            }
            array.add(boot(boot, comparison));
        }
        return root;
    }

    private static ObjectNode boot(Boot boot, JsonNode comparison) {
        ComparisonRequest request = boot.request();
        TwoBackends result = boot.result();
        ObjectNode object = Json.object();
        object.put("image", request.name());
        object.put("architecture", request.image().architecture().name());
        object.put("pes", request.pes());
        object.put("memoryBytes", request.memoryBytes());
        object.put("gic", request.gicVersion());
        object.put("agree", result.agree());
        object.set("compared", comparison.get("compared"));
        object.put("differences", comparison.get("differences").size());
        object.putObject("engine")
                .put("backend", result.comparison().left())
                .put("outcome", result.engine().kind().name())
                .put("message", result.engine().message())
                .put("millis", result.engineMillis());
        object.putObject("qemu")
                .put("backend", result.comparison().right())
                .put("outcome", result.qemu().outcome().kind().name())
                .put("message", result.qemu().outcome().detail())
                .put("sandboxed", result.qemu().sandboxed())
                .put("stops", result.qemu().stops())
                .put("millis", result.qemu().elapsed().toMillis());
        return object;
    }
}
