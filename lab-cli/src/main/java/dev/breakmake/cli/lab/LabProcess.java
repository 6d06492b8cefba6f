package dev.breakmake.cli.lab;

import dev.breakmake.cli.CommandFailure;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Starts the lab and waits for it; stops it and waits for that. */
public final class LabProcess {

    private static final long POLL_MILLIS = 40;
    private static final int LOG_LINES = 12;

    private final LabFolder folder;
    private final Process process;
    private final boolean foreground;

    private LabProcess(LabFolder folder, Process process, boolean foreground) {
        this.folder = folder;
        this.process = process;
        this.foreground = foreground;
    }

    /**
     * Starts the lab.
     *
     * @param cache the start-up cache it uses or makes
     * @param properties system properties for it, {@code key=value}
     * @param foreground whether its log goes to this terminal and it ends with it
     */
    public static LabProcess start(
            LabProgram program, LabFolder folder, StartupCache cache, List<String> properties, boolean foreground)
            throws IOException {
        Files.createDirectories(folder.root());
        Files.deleteIfExists(folder.state());
        List<String> command = new ArrayList<>(foreground ? List.of() : LabProgram.ownSession());
        command.addAll(program.command(folder, cache, properties));
        ProcessBuilder builder = new ProcessBuilder(command).redirectInput(new File("/dev/null"));
        if (foreground) {
            builder.inheritIO().redirectInput(new File("/dev/null"));
        } else {
            keepOneOldLog(folder.log());
            builder.redirectErrorStream(true).redirectOutput(folder.log().toFile());
        }
        return new LabProcess(folder, builder.start(), foreground);
    }

    private static void keepOneOldLog(Path log) throws IOException {
        if (Files.exists(log)) {
            Files.move(
                    log,
                    log.resolveSibling(log.getFileName() + ".1"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Waits until the lab serves; every new thing it does is told. Throws CommandFailure if it gives up. */
    public LabState awaitReady(Consumer<String> progress) throws IOException, InterruptedException {
        String told = "";
        while (true) {
            boolean alive = process.isAlive();
            Optional<LabState> state = LabState.read(folder).filter(found -> found.pid() == process.pid());
            if (state.isPresent()) {
                if (state.get().isReady()) {
                    return state.get();
                }
                if (!state.get().progress().equals(told)) {
                    told = state.get().progress();
                    progress.accept(told);
                }
            }
            if (!alive) {
                throw failure();
            }
            process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private CommandFailure failure() throws IOException {
        if (foreground) {
            return CommandFailure.fault("the lab did not start (exit " + process.exitValue() + ")", "its log is above");
        }
        List<String> lines = Files.exists(folder.log())
                ? new String(Files.readAllBytes(folder.log()), StandardCharsets.UTF_8)
                        .lines()
                        .toList()
                : List.of();
        String said = lines.stream()
                .filter(line -> line.startsWith("breakmake-lab: "))
                .reduce((first, second) -> second)
                .map(line -> line.substring("breakmake-lab: ".length()))
                .orElse("");
        if (said.isEmpty()) {
            return CommandFailure.fault(
                    "the lab did not start (exit " + process.exitValue() + "); the end of " + folder.log() + ":",
                    String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())));
        }
        return CommandFailure.fault("the lab did not start: " + said, "its log: " + folder.log());
    }

    /** Waits until the lab ends by itself or by Ctrl-C, which it gets too; returns its exit code. */
    public int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    /** Asks the lab to stop and waits until it holds nothing any more; its process may live on to write a start-up cache. */
    public void end() {
        boolean serves = Files.exists(folder.state());
        process.destroy();
        try {
            while (process.isAlive() && (!serves || Files.exists(folder.state()))) {
                process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks the lab to stop and waits until it has. */
    public void stop() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Stops a running lab, its database included. The process may live on for some seconds to write its start-up cache; it holds nothing then.
     *
     * @param patience how long it may take
     * @return whether it stopped in time
     */
    public static boolean stop(LabFolder folder, LabState state, Duration patience)
            throws IOException, InterruptedException {
        @Nullable ProcessHandle process = state.process().orElse(null);
        if (process == null) {
            return true;
        }
        process.destroy();
        long deadline = System.nanoTime() + patience.toNanos();
        while (process.isAlive() && Files.exists(folder.state())) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return true;
    }
}
