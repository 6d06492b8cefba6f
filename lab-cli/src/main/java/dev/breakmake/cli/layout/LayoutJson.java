package dev.breakmake.cli.layout;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.layout.Layout;
import dev.breakmake.translation.layout.LoadSweep;
import dev.breakmake.translation.layout.Region;
import java.util.List;
import java.util.Locale;

/** Layouts as JSON. */
public final class LayoutJson {

    private LayoutJson() {}

    /** {@code {layout, architecture, addressBits, granule, regions[], problems[]}}. */
    public static ObjectNode check(Layout layout, List<Layout.Problem> problems) {
        ObjectNode node = head(layout);
        node.put("addressBits", layout.addressBits())
                .put("granule", layout.granule().bytes());
        ArrayNode regions = node.putArray("regions");
        for (Region region : LayoutText.ordered(layout)) {
            regions.add(range(region.range())
                    .put("name", region.name())
                    .put("kind", lower(region.kind()))
                    .put("purpose", region.purpose()));
        }
        ArrayNode found = node.putArray("problems");
        problems.forEach(problem ->
                found.add(Json.object().put("kind", lower(problem.kind())).put("message", problem.message())));
        return node;
    }

    /** {@code {layout, architecture, loads: [{start, end, path, state, causes[], largest: {state, causes[]}}]}}. */
    public static ObjectNode sweep(Layout layout, List<LoadSweep.Row> rows) {
        ObjectNode node = head(layout);
        ArrayNode loads = node.putArray("loads");
        for (LoadSweep.Row row : rows) {
            ObjectNode each = range(row.loadAddresses()).put("path", lower(row.path()));
            meaning(each, row.smallest());
            if (row.dependsOnSize()) {
                meaning(each.putObject("largest"), row.largest());
            }
            loads.add(each);
        }
        return node;
    }

    private static ObjectNode head(Layout layout) {
        return Json.object().put("layout", layout.name()).put("architecture", lower(layout.architecture()));
    }

    private static void meaning(ObjectNode node, LoadSweep.Meaning meaning) {
        node.put("state", lower(meaning.state()));
        ArrayNode causes = node.putArray("causes");
        meaning.causes().forEach(causes::add);
    }

    private static ObjectNode range(AddressRange range) {
        return Json.object().put("start", Json.address(range.start())).put("end", Json.address(range.end()));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
