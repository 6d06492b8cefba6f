package dev.breakmake.lab.trace.api.grpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.breakmake.lab.trace.domain.TraceCatalogue;
import dev.breakmake.lab.v1.Finding;
import dev.breakmake.lab.v1.Severity;
import dev.breakmake.lab.v1.VaRange;
import dev.breakmake.trace.v1.Occurrence;
import java.util.Locale;

/** Findings as stored (docs/schema/finding-v1.json) in the words of the gRPC contract. */
final class FindingMessages {

    private static final ObjectMapper JSON = new ObjectMapper();

    private FindingMessages() {}

    /** The first finding of the occurrence's fingerprint in its trace. */
    static Occurrence occurrence(TraceCatalogue.Seen seen) {
        Occurrence.Builder result = Occurrence.newBuilder()
                .setTrace(seen.trace().name())
                .setAttempt(seen.trace().attempt())
                .setImageName(seen.trace().imageName());
        if (seen.trace().sealTime() != null) {
            result.setSealTime(TraceCatalogue.timestamp(seen.trace().sealTime()));
        }
        for (JsonNode node : parse(seen.findingsJson())) {
            if (node.path("fingerprint").asText().equals(seen.fingerprint())) {
                return result.setFinding(finding(node)).build();
            }
        }
        throw new IllegalStateException(
                "trace " + seen.trace().name() + " has no evidence of finding " + seen.fingerprint());
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("stored findings are damaged", e);
        }
    }

    private static Finding finding(JsonNode node) {
        Finding.Builder result = Finding.newBuilder()
                .setRule(node.path("rule").asText())
                .setSeverity(Severity.valueOf(
                        "SEVERITY_" + node.path("severity").asText().toUpperCase(Locale.ROOT)))
                .setCount(node.path("count").asLong())
                .setStep(node.path("step").asLong())
                .setPc(node.path("pc").asText())
                .setSymbol(node.path("symbol").asText(""))
                .setSource(node.path("source").asText(""))
                .setRegime(node.path("regime").asText(""))
                .setOld(node.path("old").path("text").asText(""))
                .setNew(node.path("new").path("text").asText(""))
                .setMessage(node.path("message").asText())
                .setFingerprint(node.path("fingerprint").asText());
        node.path("pes").forEach(pe -> result.addPes(pe.asInt()));
        node.path("vaRanges")
                .forEach(range -> result.addVaRanges(VaRange.newBuilder()
                        .setStart(range.path("start").asText())
                        .setEnd(range.path("end").asText())));
        node.path("why")
                .forEach(why -> result.addWhy("step " + why.path("step").asLong() + ", PE "
                        + why.path("pe").asInt() + ": " + why.path("text").asText()));
        node.path("compliant").forEach(line -> result.addCompliant(line.asText()));
        return result.build();
    }
}
