package dev.breakmake.lab.scheduler.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keys of the scheduler, all below {@code breakmake.scheduler}. */
@ConfigMapping(prefix = "breakmake.scheduler")
public interface SchedulerSettings {

    /** How long a lease holds without a sync. */
    @WithDefault("45s")
    Duration lease();

    /** How soon work put in by another scheduler is noticed. */
    @WithDefault("1s")
    Duration idleSync();

    /** When a runner with work syncs again. */
    @WithDefault("10s")
    Duration busySync();

    /** Longest wait of a sync. */
    @WithDefault("20s")
    Duration longPoll();

    /** Leases a cell may lose before it is quarantined. */
    @WithDefault("3")
    int maxExpirations();

    /** Largest image in bytes. */
    @WithDefault("536870912")
    long imageBytes();

    /** Bytes kept of one attempt's log. */
    @WithDefault("16777216")
    long logBytes();

    /** Cells that may wait in the whole lab. */
    @WithDefault("2000000")
    long queuedCells();

    /** Readers of watches and logs served at a time; more are told to come back. */
    @WithDefault("4000")
    int streams();

    /** Largest body of a REST request that is no upload, in bytes. */
    @WithDefault("8388608")
    long bodyBytes();

    /** Key shared with the trace service, hexadecimal, at least 16 bytes; without it trace receipts are believed unsigned (loopback only). */
    Optional<String> receiptKey();

    /** How long a start waits for a database that is not up yet. */
    @WithDefault("30s")
    Duration databasePatience();

    /** How far this machine's clock may be from the database's before health says so. */
    @WithDefault("60s")
    Duration clockTolerance();

    /** Webhooks. */
    Webhook webhook();

    /** Tokens by name; without any, every caller may do everything, and only a loopback address may be bound. */
    Map<String, Token> tokens();

    /** Where subscriptions may post to. */
    interface Webhook {

        /** Origins, for example {@code https://ci.example.org}; without any, subscriptions are refused. */
        Optional<List<String>> origins();

        /** How long a receiver may take to be connected to, and to answer. */
        @WithDefault("10s")
        Duration timeout();
    }

    /** A token. */
    interface Token {

        /** What the caller sends as bearer token, at least 16 characters. */
        String secret();

        /** viewer, submitter, runner, admin. */
        List<String> roles();
    }
}
