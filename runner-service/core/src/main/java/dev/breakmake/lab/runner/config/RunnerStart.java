package dev.breakmake.lab.runner.config;

import dev.breakmake.lab.runner.backend.CellBackend;
import dev.breakmake.lab.runner.backend.EngineBackend;
import dev.breakmake.lab.runner.backend.QemuBackend;
import dev.breakmake.lab.runner.client.Channels;
import dev.breakmake.lab.runner.client.SchedulerClient;
import dev.breakmake.lab.runner.client.TraceClient;
import dev.breakmake.lab.runner.domain.RunnerIdentity;
import dev.breakmake.lab.runner.domain.RunnerLoop;
import dev.breakmake.lab.runner.domain.RunnerMetrics;
import dev.breakmake.lab.runner.spool.ImageCache;
import dev.breakmake.lab.runner.spool.Spool;
import dev.breakmake.lab.v1.Architecture;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.Capabilities;
import dev.breakmake.qemu.process.QemuInstallation;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Builds the runner when the process is up, and drains it when it goes down. */
@Singleton
public class RunnerStart {

    private static final Logger LOG = Logger.getLogger(RunnerStart.class);
    /** QEMU's binary for a guest of this size exists wherever any does. */
    private static final long PROBE_MEMORY = 1L << 30;

    private final RunnerSettings settings;
    private final MeterRegistry registry;
    private final String version;
    private volatile @Nullable RunnerLoop loop;
    private @Nullable ManagedChannel schedulerChannel;
    private @Nullable ManagedChannel traceChannel;

    RunnerStart(
            RunnerSettings settings,
            MeterRegistry registry,
            @ConfigProperty(name = "quarkus.application.version", defaultValue = "0") String version) {
        this.settings = settings;
        this.registry = registry;
        this.version = version;
    }

    void onStart(@Observes StartupEvent event) throws IOException {
        if (!settings.enabled()) {
            return;
        }
        checkAddress("breakmake.runner.scheduler", settings.scheduler());
        checkAddress("breakmake.runner.traces", settings.traces());
        Map<Backend, CellBackend> backends = new EnumMap<>(Backend.class);
        backends.put(Backend.BACKEND_ENGINE, new EngineBackend("engine " + version, settings.instructionLimit()));
        Optional<String> qemu = qemuVersion();
        qemu.ifPresent(found -> backends.put(Backend.BACKEND_QEMU, new QemuBackend(found)));
        ManagedChannel toScheduler = Channels.open(settings.scheduler(), settings.token(), settings.tls());
        ManagedChannel toTraces = Channels.open(settings.traces(), settings.token(), settings.tls());
        schedulerChannel = toScheduler;
        traceChannel = toTraces;
        SchedulerClient scheduler = new SchedulerClient(toScheduler);
        RunnerLoop made = new RunnerLoop(
                new RunnerIdentity(id(), version, capabilities(qemu)),
                scheduler,
                new TraceClient(toTraces),
                new Spool(settings.directory().resolve("spool"), settings.reserveBytes()),
                new ImageCache(settings.directory().resolve("images"), settings.cacheBytes(), scheduler),
                backends,
                new RunnerMetrics(registry),
                settings.drain());
        loop = made;
        made.start();
    }

    /** Throws ConfigurationException, which is printed without a stack trace, unless {@code address} is HOST:PORT. */
    static void checkAddress(String key, String address) {
        if (!address.matches("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9][A-Za-z0-9._-]*):[0-9]{1,5}")) {
            throw new ConfigurationException("The runner does not start: " + key + " is '" + address
                    + "'; write host:port, for example 127.0.0.1:7400, without http://");
        }
    }

    void onStop(@Observes ShutdownEvent event) {
        RunnerLoop running = loop;
        if (running != null) {
            running.close();
        }
        if (schedulerChannel != null) {
            schedulerChannel.shutdownNow();
        }
        if (traceChannel != null) {
            traceChannel.shutdownNow();
        }
    }

    /** The runner, or null if this process has none. */
    @Nullable
    RunnerLoop loop() {
        return loop;
    }

    /** What of another service keeps the runner from working well, or nothing. */
    String outage(RunnerLoop running) {
        String outage = running.outage();
        ManagedChannel traces = traceChannel;
        return outage.isEmpty() && traces != null && isAway(traces)
                ? "the trace service at " + settings.traces()
                        + " does not answer: boots end, but nothing can be completed"
                : outage;
    }

    Duration outageTolerance() {
        return settings.outageTolerance();
    }

    /** What of this machine keeps the runner from working well, or nothing. */
    String trouble(RunnerLoop running) {
        if (!running.trouble().isEmpty()) {
            return running.trouble();
        }
        double skew = running.clockSkewSeconds();
        if (Math.abs(skew) > settings.clockTolerance().toSeconds()) {
            return "this machine's clock is " + Math.abs(Math.round(skew)) + " s " + (skew > 0 ? "ahead of" : "behind")
                    + " the lab's: set it (chrony, ntpd)";
        }
        return "";
    }

    /** Whether the last attempt to connect failed; asking also makes an idle channel try. */
    static boolean isAway(ManagedChannel channel) {
        return channel.getState(true) == ConnectivityState.TRANSIENT_FAILURE;
    }

    private static Optional<String> qemuVersion() {
        try {
            return Optional.of(QemuInstallation.find(
                            dev.breakmake.translation.event.Architecture.AARCH64, PROBE_MEMORY, System.getenv("PATH"))
                    .version());
        } catch (IOException e) {
            LOG.infof("no QEMU here: %s", e.getMessage());
            return Optional.empty();
        }
    }

    private Capabilities capabilities(Optional<String> qemu) {
        int cores = Runtime.getRuntime().availableProcessors();
        Capabilities.Builder result = Capabilities.newBuilder()
                .addBackends(Backend.BACKEND_ENGINE)
                .addArchitectures(Architecture.ARCHITECTURE_ARM64)
                .addArchitectures(Architecture.ARCHITECTURE_ARM32)
                .setCores(cores)
                .addAllLabels(settings.labels().orElse(List.of()))
                .setSlots(settings.slots() > 0 ? settings.slots() : cores);
        qemu.ifPresent(found -> result.addBackends(Backend.BACKEND_QEMU).setQemuVersion(found));
        return result.build();
    }

    private String id() {
        return settings.id().orElseGet(() -> {
            String host;
            try {
                host = InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                host = "unknown";
            }
            String clean = host.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
            String id = "runner-" + clean;
            return id.length() <= 63 ? id : id.substring(0, 63);
        });
    }
}
