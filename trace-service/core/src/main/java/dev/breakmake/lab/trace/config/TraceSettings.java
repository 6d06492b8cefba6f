package dev.breakmake.lab.trace.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keys of the trace service, all below {@code breakmake.trace}. */
@ConfigMapping(prefix = "breakmake.trace")
public interface TraceSettings {

    /** Largest piece of one AppendTrace in bytes. */
    @WithDefault("1048576")
    int appendBytes();

    /** Largest trace file in bytes. */
    @WithDefault("4294967296")
    long traceBytes();

    /** Appends served at the same time. */
    @WithDefault("16")
    int concurrentAppends();

    /** Traces decoded and checked at the same time; 0 means one per core. */
    @WithDefault("0")
    int concurrentAnalyses();

    /** How long a call waits for its turn before it is told to come back. */
    @WithDefault("10s")
    Duration patience();

    /**
     * Traces of at most so many events are replayed whole for every question about tables; longer ones get a track and a list of milestones of their own
     * when they are sealed, which cost about a byte more a descriptor write.
     */
    @WithDefault("32768")
    long replayedEvents();

    /** Retention settings. */
    Retention retention();

    /** How long a start waits for a database that is not up yet. */
    @WithDefault("30s")
    Duration databasePatience();

    /** Bytes the trace database may occupy, for the forecast of the dashboards; 0 means nobody said. Nothing is refused because of it. */
    @WithDefault("0")
    long storageLimit();

    /** Key shared with the scheduler, hexadecimal, at least 16 bytes; without it receipts are not signed (loopback only). */
    Optional<String> receiptKey();

    /** Tokens by name; without any, every caller may do everything, and only a loopback address may be bound. */
    Map<String, Token> tokens();

    /** A token. */
    interface Token {

        /** What the caller sends as bearer token, at least 16 characters. */
        String secret();

        /** viewer, submitter, runner, admin. */
        List<String> roles();
    }

    /** What happens to old traces. */
    interface Retention {

        /** How often old traces are looked for; "off" never. */
        @WithDefault("10m")
        String every();

        /** How long traces of a class are kept, by class name; a class that is not named is kept as long as {@code default}. */
        Map<String, Duration> classes();

        /** Traces deleted per transaction. */
        @WithDefault("100")
        int batch();

        /** How long an open trace may receive nothing before it counts as abandoned and may be deleted. */
        @WithDefault("P7D")
        Optional<Duration> abandoned();
    }
}
