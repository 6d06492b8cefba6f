package dev.breakmake.cli.lab;

import dev.breakmake.cli.CommandFailure;
import dev.breakmake.cli.Folders;
import dev.breakmake.cli.client.LabAddress;
import dev.breakmake.cli.client.LabClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A lab for one purpose: started with an empty database on a free port, stopped at the end however that comes. */
public final class DemoLab implements AutoCloseable {

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

    private final LabFolder folder;
    private final LabProcess process;
    private final LabState state;
    private final Thread onInterrupt;
    private final boolean makesCache;

    private DemoLab(LabFolder folder, LabProcess process, LabState state, Thread onInterrupt, boolean makesCache) {
        this.makesCache = makesCache;
        this.folder = folder;
        this.process = process;
        this.state = state;
        this.onInterrupt = onInterrupt;
    }

    /**
     * Starts a lab; what an earlier, killed one left in the folder is stopped and removed first.
     *
     * @param progress told what the lab does until it serves
     */
    public static DemoLab start(Path root, Consumer<String> progress) throws IOException, InterruptedException {
        LabFolder folder = new LabFolder(root.toAbsolutePath());
        LabProgram program = LabProgram.find();
        Files.createDirectories(folder.root());
        Optional<LabState> left = LabState.running(folder);
        if (left.isPresent() && !LabProcess.stop(folder, left.get(), STOP_PATIENCE)) {
            throw CommandFailure.fault(
                    "an earlier lab in " + folder.root() + " does not stop (pid "
                            + left.get().pid() + ")",
                    "end that process, then run the same command again");
        }
        boolean _ = program.stopDatabase(folder);
        Folders.delete(folder.root());
        LabFolder ofUser = LabFolder.ofUser();
        StartupCache cache = StartupCache.of(ofUser, program);
        boolean makesCache = cache.isMade();
        // This folder is new every time; what every lab needs lies where the user's own lab has it.
        List<String> properties = List.of("breakmake.port=0", "breakmake.lab.programs=" + ofUser.root());
        LabProcess process = LabProcess.start(program, folder, cache, properties, false);
        Thread onInterrupt = new Thread(process::end, "stop-lab");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        return new DemoLab(folder, process, process.awaitReady(progress), onInterrupt, makesCache);
    }

    /** Where it serves. */
    public String url() {
        return state.url();
    }

    /** The trace explorer. */
    public String explorer() {
        return state.explorer();
    }

    /** Its folder. */
    public Path folder() {
        return folder.root();
    }

    /** A client of it; the caller closes it. */
    public LabClient client() {
        return new LabClient(new LabAddress(URI.create(state.url()), null));
    }

    /** Leaves it running after this process. */
    public void keep() {
        Runtime.getRuntime().removeShutdownHook(onInterrupt);
    }

    /** Stops it and waits until its database and its runner are gone. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException e) {
            return; // the process is ending, and the hook stops the lab
        }
        process.end();
    }

    /** Whether its process, after {@link #close}, goes on for some seconds to write what lets the next lab start sooner. */
    public boolean makesCache() {
        return makesCache;
    }

    /** Waits until its process is gone. */
    public void awaitEnd() throws InterruptedException {
        int _ = process.awaitEnd();
    }
}
