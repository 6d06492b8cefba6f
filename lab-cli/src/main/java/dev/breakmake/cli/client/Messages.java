package dev.breakmake.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Message;
import dev.breakmake.cli.CommandFailure;
import dev.breakmake.cli.report.json.Json;
import dev.breakmake.lab.scheduler.document.JsonDocument;
import dev.breakmake.lab.scheduler.document.MessageReader;
import dev.breakmake.lab.scheduler.domain.LabException;
import dev.breakmake.lab.v1.Cell;
import dev.breakmake.lab.v1.Run;

/** The lab's JSON as messages of the contract, read by the lab's own reader. */
public final class Messages {

    private Messages() {}

    /** A cell. */
    public static Cell cell(JsonNode json) {
        Cell.Builder cell = Cell.newBuilder();
        read(json, cell);
        return cell.build();
    }

    /** A run. */
    public static Run run(JsonNode json) {
        Run.Builder run = Run.newBuilder();
        read(json, run);
        return run.build();
    }

    private static void read(JsonNode json, Message.Builder builder) {
        try {
            MessageReader.read(JsonDocument.parse(Json.writeLine(json)), builder);
        } catch (LabException e) {
            throw CommandFailure.fault(
                    "the lab answers what this version does not know: " + e.detail(),
                    "lab and command line differ in version",
                    e);
        }
    }
}
