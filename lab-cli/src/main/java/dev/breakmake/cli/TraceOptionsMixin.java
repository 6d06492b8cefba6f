package dev.breakmake.cli;

import dev.breakmake.cli.trace.TraceSource;
import dev.breakmake.translation.trace.casemate.CasemateOptions;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The trace a command reads; shared by the trace commands. */
final class TraceOptionsMixin {

    @Parameters(index = "0", paramLabel = "FILE", description = "A trace: ours (binary or text) or Casemate's.")
    private Path file = Path.of("");

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "auto",
            description = "auto, binary, text or casemate (default: auto, by the first bytes).")
    private String format = "auto";

    @Option(
            names = "--judge-setup",
            description =
                    "Casemate: judge registers and TLBs from the first record on; by default the trace starts mid-life.")
    private boolean judgeSetup;

    TraceSource open() throws IOException {
        return TraceSource.of(file, format, new CasemateOptions(judgeSetup));
    }

    Path file() {
        return file;
    }
}
