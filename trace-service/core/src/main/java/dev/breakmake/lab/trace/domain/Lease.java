package dev.breakmake.lab.trace.domain;

/** The lease a runner holds on an attempt; its fence grows with every lease the scheduler hands out. */
public record Lease(String id, long fence) {}
