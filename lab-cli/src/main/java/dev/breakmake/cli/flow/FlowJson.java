package dev.breakmake.cli.flow;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.engine.flow.FlowOperation;
import dev.breakmake.engine.flow.FlowSpecification;
import dev.breakmake.engine.flow.Patch;
import dev.breakmake.engine.flow.Preset;
import dev.breakmake.engine.flow.Surroundings;
import dev.breakmake.engine.flow.TableOptions;
import dev.breakmake.engine.study.FlowStudy;
import dev.breakmake.engine.study.MutationReport;
import dev.breakmake.engine.study.PatchEffect;
import dev.breakmake.translation.event.WalkStep;
import dev.breakmake.translation.finding.FindingJson;
import java.util.List;
import java.util.Locale;

/** Flows as JSON. */
public final class FlowJson {

    private FlowJson() {}

    private static ObjectNode specification(FlowSpecification specification) {
        ObjectNode node = Json.object()
                .put("architecture", specification.architecture().name().toLowerCase(Locale.ROOT))
                .put("loadAddress", Json.address(specification.loadAddress()))
                .put("pes", specification.pes());
        node.put("granule", TableOptions.id(specification.tables().granule()));
        node.put("walks", specification.tables().walks().id());
        node.put("sharing", specification.tables().sharing().id());
        ArrayNode patches = node.putArray("options");
        specification.patches().stream().sorted().map(Patch::id).forEach(patches::add);
        return node;
    }

    /** {@code {presets[{name, summary, options[]}], options[{name, patch, summary}]}}; {@code patch} is null for what is not in the series. */
    public static ObjectNode catalogue() {
        ObjectNode node = Json.object();
        ArrayNode presets = node.putArray("presets");
        for (Preset preset : Preset.values()) {
            ObjectNode each = presets.addObject().put("name", preset.id()).put("summary", preset.summary());
            ArrayNode taken = each.putArray("options");
            preset.patches().stream().sorted().map(Patch::id).forEach(taken::add);
        }
        ArrayNode options = node.putArray("options");
        for (Patch patch : Patch.values()) {
            options.addObject()
                    .put("name", patch.id())
                    .put("patch", patch.number() == 0 ? null : patch.number())
                    .put("summary", patch.summary());
        }
        return node;
    }

    /**
     * {@code {flow, tlb, seed, reached, stoppedAt, message, walk[{level, entry, value}], operations, findings[]}}.
     *
     * @param walk of the address that aborted, root first
     */
    public static ObjectNode study(FlowStudy study, Surroundings surroundings, List<WalkStep> walk) {
        ObjectNode node = Json.object();
        node.set("flow", specification(study.specification()));
        node.put("tlb", surroundings.policy().id());
        node.put("seed", surroundings.seed());
        node.put("reached", study.result().reached());
        node.put("stoppedAt", study.result().stoppedAt());
        node.put("message", study.result().message());
        ArrayNode levels = node.putArray("walk");
        for (WalkStep step : walk) {
            levels.addObject()
                    .put("level", step.level())
                    .put("entry", Json.address(step.descriptorPa()))
                    .put("value", "0x%016x".formatted(step.descriptor()));
        }
        node.put("operations", study.result().operations().size());
        node.set("findings", Json.parse(FindingJson.write(study.findings())));
        return node;
    }

    /** {@code {decision, before, after, rules[{rule, severity, routine, before[], after[]}]}}; the lists name PEs that break the rule. */
    public static ObjectNode effect(PatchEffect effect) {
        ObjectNode node = Json.object();
        node.put("decision", effect.patch().id());
        node.set("before", study(effect.before().study(), Surroundings.PLAIN, List.of()));
        node.set("after", study(effect.after().study(), Surroundings.PLAIN, List.of()));
        ArrayNode rules = node.putArray("rules");
        for (PatchEffect.Row row : effect.rows()) {
            ObjectNode each = rules.addObject()
                    .put("rule", row.rule().id())
                    .put("severity", row.severity().name().toLowerCase(Locale.ROOT))
                    .put("routine", row.routine());
            row.before().forEach(each.putArray("before")::add);
            row.after().forEach(each.putArray("after")::add);
        }
        return node;
    }

    /** {@code {total, detected[], harmless[], undetected[]}}. */
    public static ObjectNode mutations(MutationReport report) {
        ObjectNode node = Json.object().put("total", report.total());
        ArrayNode detected = node.putArray("detected");
        for (MutationReport.Detected mutant : report.detected()) {
            ObjectNode each = operation(mutant.change(), mutant.operation());
            ArrayNode rules = each.putArray("rules");
            mutant.rules().forEach(rules::add);
            each.put("fault", mutant.fault());
            each.put("outcome", mutant.outcome());
            detected.add(each);
        }
        ArrayNode harmless = node.putArray("harmless");
        for (MutationReport.Harmless mutant : report.harmless()) {
            harmless.add(operation(mutant.change(), mutant.operation()).put("clause", mutant.clause()));
        }
        ArrayNode undetected = node.putArray("undetected");
        for (MutationReport.Undetected mutant : report.undetected()) {
            undetected.add(operation(mutant.change(), mutant.operation()).put("expected", mutant.expected()));
        }
        return node;
    }

    private static ObjectNode operation(String change, FlowOperation operation) {
        return Json.object()
                .put("change", change)
                .put("index", operation.index())
                .put("pe", operation.pe())
                .put("routine", operation.routine())
                .put("operation", operation.name());
    }
}
