package dev.breakmake.lab.runner.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Keys of the runner, all below {@code breakmake.runner}. */
@ConfigMapping(prefix = "breakmake.runner")
public interface RunnerSettings {

    /** Whether this process takes work at all; a host of several services may leave it off. */
    @WithDefault("true")
    boolean enabled();

    /** Id of the runner, stable over restarts: 1 to 63 of a-z, 0-9 and minus, starting with a letter. Default: from the host name. */
    Optional<String> id();

    /** Attempts executed at the same time; 0 means one per core. */
    @WithDefault("0")
    int slots();

    /** Scheduler, {@code host:port}. */
    @WithDefault("127.0.0.1:7400")
    String scheduler();

    /** Trace service, {@code host:port}. */
    @WithDefault("127.0.0.1:7401")
    String traces();

    /** Whether both are reached over TLS. */
    @WithDefault("false")
    boolean tls();

    /** Token of the role runner, presented to both. */
    Optional<String> token();

    /** Folder of the spool and of the image cache. */
    Path directory();

    /** Bytes that must be free under that folder before work is taken. */
    @WithDefault("536870912")
    long reserveBytes();

    /** Bytes the image cache may hold. */
    @WithDefault("4294967296")
    long cacheBytes();

    /** Limit of a boot that asks for none, instructions of all PEs together. */
    @WithDefault("5000000000")
    long instructionLimit();

    /** Labels that jobs may require. */
    Optional<List<String>> labels();

    /** How far this machine's clock may be from the lab's before health says so. */
    @WithDefault("60s")
    Duration clockTolerance();

    /** How long the scheduler or the trace service may be away before the runner counts as not ready. */
    @WithDefault("60s")
    Duration outageTolerance();

    /** How long a shutdown waits for what runs. */
    @WithDefault("30s")
    Duration drain();
}
